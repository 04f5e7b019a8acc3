/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-request.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

/**
 * MorselRecord:
 * @address: the address, as it is shown
 * @begun: when it was begun, in microseconds since 1970; 0 if it was not
 * @request: (nullable): how it was fetched; %NULL if @address is no address
 * @result: (nullable): what was found
 * @error: (nullable): why it failed or ended early, or that it had not ended
 *
 * What is known of a fetch at one moment. It belongs to one thread at a time, and can be
 * handed to another.
 */
typedef struct
{
  char         *address;
  gint64        begun;
  FetchRequest *request;
  FetchResult  *result;
  GError       *error;
} MorselRecord;

/**
 * MORSEL_RECORD_VARIANT_TYPE:
 *
 * The type of a record that is kept.
 */
#define MORSEL_RECORD_VARIANT_TYPE \
  "(ayxm" FETCH_REQUEST_VARIANT_TYPE "m" FETCH_RESULT_VARIANT_TYPE "m(yay))"

void morsel_record_free (MorselRecord *self);
void morsel_record_hide_secrets (MorselRecord *self, gboolean keeps_tokens);

GVariant     *morsel_record_to_variant (MorselRecord *self);
MorselRecord *morsel_record_new_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselRecord, morsel_record_free)

G_END_DECLS
