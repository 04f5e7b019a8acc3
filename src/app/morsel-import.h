/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "backgroundcall/backgroundcall.h"
#include "fetch/fetch-address-list.h"

G_BEGIN_DECLS

/**
 * MorselImport:
 * @list: the addresses
 * @bad_lines: (element-type MorselBadLine): what is no address, as far as it is kept
 * @failures: (element-type utf8): sentences about the files that could not be read
 *
 * What was found in some text, and in some files.
 */
typedef struct
{
  FetchAddressList *list;
  GPtrArray        *bad_lines;
  GPtrArray        *failures;
} MorselImport;

BackgroundCall *morsel_import_begin (const char *text, GPtrArray *files);

G_END_DECLS
