/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "fetch/fetch-request.h"

G_BEGIN_DECLS

const GOptionEntry *morsel_request_options_get_entries (void);
const char         *morsel_request_options_find (GVariantDict *options);
gboolean            morsel_request_options_read_number (GVariantDict *options,
                                                        const char   *name,
                                                        guint         least,
                                                        guint         most,
                                                        guint        *number,
                                                        GError      **error);
gboolean            morsel_request_options_read_time (GVariantDict *options,
                                                      const char   *name,
                                                      gboolean      may_be_zero,
                                                      gint64       *microseconds,
                                                      GError      **error);
gboolean            morsel_request_options_apply (GVariantDict *options,
                                                  FetchRequest *request,
                                                  GError      **error);

G_END_DECLS
