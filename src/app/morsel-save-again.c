/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-save-again.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "app/morsel-fetch.h"
#include "app/morsel-save-place.h"
#include "fetch/fetch-part.h"
#include "fetch/fetch-visible-text.h"

/*
 * Begins fetches again whose bodies are saved. Where a file is there by now, be it the
 * one that was saved, somebody is asked what shall become of it: once, however many there
 * are, while the others run already. Nobody is asked about what only goes on.
 */

/* What the question is about. */
typedef struct
{
  GtkWindow *window;  /* not owned: nothing of this outlives it */
  GPtrArray *fetches; /* of MorselFetch */
} Question;

/* The names of more than these are only counted. */
#define MOST_NAMES 5

static void
question_free (gpointer data)
{
  Question *self = data;

  g_ptr_array_unref (self->fetches);
  g_free (self);
}

/* It has been seen to by somebody else, if it runs, or was removed. */
static void
begin (MorselFetch *fetch, const char *path, gboolean replaces)
{
  if (morsel_fetch_is_listed (fetch) && morsel_fetch_can_retry (fetch))
    morsel_fetch_retry_saving (fetch, path, replaces);
}

static char *
visible_name_of (MorselFetch *fetch)
{
  g_autofree char *name = g_filename_display_basename (
      morsel_fetch_get_save_path (fetch));

  return fetch_visible_line (name);
}

/* What is kept of a body, and where it shall go. The worker's. */
typedef struct
{
  FetchRequest *request; /* as it was before */
  char         *path;
} Move;

static void
move_free (gpointer data)
{
  Move *self = data;

  fetch_request_free (self->request);
  g_free (self->path);
  g_free (self);
}

static gpointer
move_part (BackgroundPromise *promise G_GNUC_UNUSED,
           gpointer           data,
           GError           **error G_GNUC_UNUSED)
{
  Move *move = data;

  fetch_part_move (move->request, move->path);

  return NULL;
}

/* A place that somebody has chosen for a body. */
typedef struct
{
  MorselFetch *fetch;
  char        *path;
  gboolean     replaces;
} Place;

static void
place_free (gpointer data)
{
  Place *self = data;

  g_object_unref (self->fetch);
  g_free (self->path);
  g_free (self);
}

static gboolean
moved_cb (BackgroundCall *call, gpointer user_data)
{
  Place *place = user_data;

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    return G_SOURCE_CONTINUE;

  begin (place->fetch, place->path, place->replaces);

  return G_SOURCE_REMOVE;
}

/* That somebody is asked for a place, who may take long: the window may go meanwhile. */
typedef struct
{
  GWeakRef     window;
  MorselFetch *fetch;
} Asking;

static void
asking_free (Asking *self)
{
  g_weak_ref_clear (&self->window);
  g_object_unref (self->fetch);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
place_chosen_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  g_autoptr (GObject) window = g_weak_ref_get (&asking->window);
  g_autoptr (BackgroundCall) call = NULL;
  gboolean         replaces = FALSE;
  g_autofree char *path = morsel_save_place_ask_finish (result, &replaces, NULL);
  Place           *place;
  Move            *move;

  if (path == NULL || window == NULL)
    return;

  move = g_new0 (Move, 1);
  move->request = fetch_request_copy (morsel_fetch_get_request (asking->fetch));
  move->path = g_strdup (path);
  place = g_new0 (Place, 1);
  place->fetch = g_object_ref (asking->fetch);
  place->path = g_steal_pointer (&path);
  place->replaces = replaces;

  call = background_call_new (move_part, move, move_free);
  background_call_watch (call, window, moved_cb, place, place_free);
}

static void
ask_for_place (GtkWindow *window, MorselFetch *fetch)
{
  const char      *path = morsel_fetch_get_save_path (fetch);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_filename_display_basename (path);
  Asking          *asking = g_new0 (Asking, 1);

  g_weak_ref_init (&asking->window, window);
  asking->fetch = g_object_ref (fetch);
  morsel_save_place_ask_async (window, folder, name, place_chosen_cb, asking);
}

static void
response_cb (Question *self, const char *response)
{
  if (g_str_equal (response, "save-as"))
    ask_for_place (self->window, self->fetches->pdata[0]);
  else if (g_str_equal (response, "replace"))
    for (guint i = 0; i < self->fetches->len; i++)
      {
        MorselFetch *fetch = self->fetches->pdata[i];

        begin (fetch, morsel_fetch_get_save_path (fetch), TRUE);
      }
}

static char *
heading_for_one (MorselFetch *fetch)
{
  g_autofree char *name = visible_name_of (fetch);

  /* Translators: %s is the name of a file. */
  return g_strdup_printf (_ ("Replace “%s”?"), name);
}

static char *
body_for_one (MorselFetch *fetch)
{
  g_autofree char *folder = g_path_get_dirname (morsel_fetch_get_save_path (fetch));
  g_autofree char *name = g_filename_display_basename (folder);
  g_autofree char *visible = fetch_visible_line (name);

  /* Translators: %s is the name of a folder. */
  return g_strdup_printf (
      _ ("There is a file with this name in “%s” already. What is in it is lost when the "
         "body is saved again."),
      visible);
}

static char *
body_for_several (GPtrArray *fetches)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n_more = fetches->len - MIN (fetches->len, MOST_NAMES);

  for (guint i = 0; i < fetches->len - n_more; i++)
    {
      g_autofree char *name = visible_name_of (fetches->pdata[i]);

      g_string_append_printf (names, "\n%s", name);
    }
  if (n_more > 0)
    {
      g_string_append_c (names, '\n');
      g_string_append_printf (
          /* Translators: at the end of a list of files. */
          names, ngettext ("and %u more", "and %u more", n_more), n_more);
    }

  return g_strdup_printf (
      /* Translators: %s is a list of files, each on a line of its own. */
      _ ("These files are there already. What is in them is lost when the bodies are "
         "saved again.\n%s"),
      names->str);
}

static AdwMessageDialog *
new_dialog (Question *question)
{
  GPtrArray        *fetches = question->fetches;
  gboolean          is_one = fetches->len == 1;
  g_autofree char  *heading = NULL;
  g_autofree char  *body = NULL;
  AdwMessageDialog *dialog;

  heading = is_one ? heading_for_one (fetches->pdata[0])
                   : g_strdup_printf (
                         ngettext ("Replace %u File?", "Replace %u Files?", fetches->len),
                         fetches->len);
  body = is_one ? body_for_one (fetches->pdata[0]) : body_for_several (fetches);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (question->window, heading, body));

  adw_message_dialog_add_response (dialog, "cancel", _ ("_Cancel"));
  if (is_one)
    adw_message_dialog_add_response (dialog, "save-as", _ ("Save _As…"));
  adw_message_dialog_add_response (dialog, "replace", _ ("_Replace"));
  adw_message_dialog_set_response_appearance (dialog, "replace",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");

  return dialog;
}

/* Takes the question. */
static void
ask (Question *question)
{
  AdwMessageDialog *dialog = new_dialog (question);

  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_object_set_data_full (G_OBJECT (dialog), "question", question, question_free);
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (response_cb), question);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* On a worker: for each path, whether something is there. */
static gpointer
look (BackgroundPromise *promise G_GNUC_UNUSED,
      gpointer           data,
      GError           **error G_GNUC_UNUSED)
{
  GPtrArray  *paths = data;
  GByteArray *found = g_byte_array_sized_new (paths->len);

  for (guint i = 0; i < paths->len; i++)
    {
      GStatBuf status;
      guint8   is_there = g_lstat (paths->pdata[i], &status) == 0;

      g_byte_array_append (found, &is_there, 1);
    }

  return found;
}

/* On a fetch: that one looks whether its file is there. A key that is held down, and a
 * double click, ask once. */
static GQuark
get_looking_quark (void)
{
  static GQuark quark = 0;

  if (quark == 0)
    quark = g_quark_from_static_string ("morsel-save-again");

  return quark;
}

static gboolean
looked_cb (BackgroundCall *call, gpointer user_data)
{
  Question   *looked_for = user_data;
  GByteArray *found;
  g_autoptr (GPtrArray) to_ask = NULL;
  Question *question;

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    return G_SOURCE_CONTINUE;

  found = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
  to_ask = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < looked_for->fetches->len; i++)
    {
      MorselFetch *fetch = looked_for->fetches->pdata[i];

      g_object_set_qdata (G_OBJECT (fetch), get_looking_quark (), NULL);
      /* If nobody could look, there is still nothing that may be replaced. */
      if (found != NULL && found->data[i])
        g_ptr_array_add (to_ask, g_object_ref (fetch));
      else
        begin (fetch, morsel_fetch_get_save_path (fetch), FALSE);
    }
  if (to_ask->len == 0)
    return G_SOURCE_REMOVE;

  question = g_new0 (Question, 1);
  question->window = looked_for->window;
  question->fetches = g_steal_pointer (&to_ask);
  ask (question);

  return G_SOURCE_REMOVE;
}

/* Takes both. */
static void
begin_to_look (GtkWindow *window, Question *question, GPtrArray *paths)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (
      look, paths, (GDestroyNotify) g_ptr_array_unref,
      (BackgroundReturnDestroy) g_byte_array_unref, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_watch (call, G_OBJECT (window), looked_cb, question, question_free);
}

/**
 * morsel_save_again:
 * @window: whose fetches they are
 * @fetches: (element-type MorselFetch): fetches that save their body
 *
 * Begins those again that have ended, and asks before a file is replaced.
 */
void
morsel_save_again (GtkWindow *window, GPtrArray *fetches)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  Question *question;

  g_return_if_fail (GTK_IS_WINDOW (window));

  question = g_new0 (Question, 1);
  question->window = window;
  question->fetches = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < fetches->len; i++)
    if (morsel_fetch_can_retry (fetches->pdata[i]) &&
        g_object_get_qdata (fetches->pdata[i], get_looking_quark ()) == NULL)
      {
        g_object_set_qdata (fetches->pdata[i], get_looking_quark (), window);
        g_ptr_array_add (question->fetches, g_object_ref (fetches->pdata[i]));
        g_ptr_array_add (paths,
                         g_strdup (morsel_fetch_get_save_path (fetches->pdata[i])));
      }

  if (paths->len > 0)
    begin_to_look (window, question, g_steal_pointer (&paths));
  else
    question_free (question);
}
