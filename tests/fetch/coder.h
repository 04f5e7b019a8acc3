/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-decoder-private.h"

G_BEGIN_DECLS

/* What became of a body. */
typedef enum
{
  CODER_COMPLETE,
  CODER_CUT,
  CODER_DAMAGED,
  CODER_BOMB,
} CoderVerdict;

typedef struct
{
  CoderVerdict verdict;
  GByteArray  *output;
  gboolean     has_trailing_data;
} CoderOutcome;

void coder_outcome_clear (CoderOutcome *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CoderOutcome, coder_outcome_clear)

/* All codings that can be made here: "raw-deflate" stands for what some servers mean by
 * "deflate". Ends with NULL. */
extern const char *const coder_codings[];

const char *coder_get_name (const char *coding);
GByteArray *coder_encode (const char *coding, const void *bytes, gsize size, int level);

CoderOutcome coder_decode (const char *codings, const void *bytes, gsize size);
CoderOutcome coder_decode_in_steps (const char *codings,
                                    const void *bytes,
                                    gsize       size,
                                    gsize       step,
                                    gsize       work);

G_END_DECLS
