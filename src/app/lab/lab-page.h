/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"

G_BEGIN_DECLS

/**
 * LAB_PAGE_MOST_SECONDS:
 *
 * Nothing in the Lab takes longer, whatever happens.
 */
#define LAB_PAGE_MOST_SECONDS 8

/**
 * LabPage:
 * @size: how many bytes came
 * @done: when the last of them had come, by g_get_monotonic_time ()
 *
 * What comes of a fetch in the Lab.
 */
typedef struct
{
  guint64 size;
  gint64  done;
} LabPage;

gpointer lab_page_fetch (BackgroundPromise *promise, gpointer url, GError **error);
void     lab_page_free (gpointer page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabPage, lab_page_free)

G_END_DECLS
