/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-request.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

FetchRequest *fetch_request_copy_without_secrets (FetchRequest *self);
FetchRequest *fetch_request_copy_keeping_tokens (FetchRequest *self);
FetchResult  *fetch_result_without_secrets (FetchResult *self, FetchRequest *request);
FetchResult  *fetch_result_keeping_tokens (FetchResult *self, FetchRequest *request);
GError       *fetch_error_without_secrets (const GError *error, FetchRequest *request);
char         *fetch_secrets_hide_in_address (const char *address);
char         *fetch_secrets_hide_user (const char *address);
gboolean      fetch_secrets_is_field (const char *field);

G_END_DECLS
