/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

typedef struct
{
  GtkWindow *window;
  GMutex     lock;
  GCond      answered;
  char      *title;
} Question;

static gboolean
answer_cb (gpointer data)
{
  Question *question = data;

  g_mutex_lock (&question->lock);
  question->title = g_strdup (gtk_window_get_title (question->window));
  g_cond_signal (&question->answered);
  g_mutex_unlock (&question->lock);

  return G_SOURCE_REMOVE;
}

/* On a worker. */
gpointer
ask_wrong (GtkWindow *window)
{
  Question question = { .window = window };

  g_main_context_invoke (NULL, answer_cb, &question);
  g_mutex_lock (&question.lock);
  while (question.title == NULL) /* for ever, if the loop has ended */
    g_cond_wait (&question.answered, &question.lock);
  g_mutex_unlock (&question.lock);

  return question.title;
}
