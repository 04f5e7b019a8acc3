/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-preview.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-copy.h"
#include "app/morsel-isolate.h"
#include "app/morsel-no-stop.h"
#include "app/morsel-picture-view.h"
#include "app/morsel-single-stop.h"
#include "app/morsel-words-for-error.h"
#include "app/morsel-words.h"
#include "fetch/fetch-hex-dump.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-visible-text.h"

/*
 * The first bytes of a body: as text, as a hex dump, or, for who asks for it, the picture
 * that begins with them.
 *
 * Whoever has looked at one text as a hex dump gets the next one like that, too. A
 * picture is asked for each time: to show it, more of it is fetched.
 */
struct _MorselPreview
{
  AdwBin parent_instance;

  GtkLabel          *title;
  GtkLabel          *kind;
  GtkWidget         *forms;
  GtkWidget         *text_button;
  GtkWidget         *picture_button;
  GtkWidget         *copy_button;
  GtkStack          *stack;
  AdwBin            *text_bin;
  GtkWidget         *hex_bin;
  GtkSpinner        *spinner;
  MorselPictureView *picture_view;
  GtkLabel          *trouble;
  GtkLabel          *message;
  GtkLabel          *text;
  GtkLabel          *hex;

  MorselFetch      *fetch;
  FetchResult      *result;
  FetchPreview     *preview; /* NULL if there is no result */
  MorselPreviewForm form;
  gboolean          prefers_hex; /* to text */

  BackgroundCall *picture_call; /* NULL unless somebody has asked for it */
  guint           watch_id;     /* 0 unless it is running */
};

G_DEFINE_FINAL_TYPE (MorselPreview, morsel_preview, ADW_TYPE_BIN)

enum
{
  PROP_FORM = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static gboolean
is_text (MorselPreview *self)
{
  return fetch_preview_get_kind (self->preview) == FETCH_PREVIEW_TEXT;
}

/* Whether there is nothing left to fetch. */
static gboolean
has_whole_body (MorselPreview *self)
{
  return fetch_result_is_complete (self->result) &&
         fetch_result_get_size (self->result) ==
             g_bytes_get_size (fetch_result_get_first_bytes (self->result));
}

static gboolean
can_be_picture (MorselPreview *self)
{
  return morsel_picture_is_likely (fetch_result_get_first_bytes (self->result)) &&
         (has_whole_body (self) || morsel_fetch_can_retry (self->fetch));
}

static MorselPicture *
get_picture (MorselPreview *self)
{
  return self->picture_call != NULL
             ? background_call_get_return_or (self->picture_call, BACKGROUND_CALL_NO_WAIT,
                                              NULL)
             : NULL;
}

static char *
words_for_all_bytes (guint n_bytes)
{
  if (n_bytes == 1)
    /* Translators: the heading of a preview, if what was fetched is one byte. */
    return g_strdup (_ ("The Only Byte"));

  /* Translators: the heading of a preview that shows all of what was fetched. */
  return g_strdup_printf (ngettext ("All %u Byte", "All %u Bytes", n_bytes), n_bytes);
}

static char *
words_for_first_bytes (guint n_bytes)
{
  /* Translators: the heading of a preview: there are more bytes than are shown. */
  return g_strdup_printf (ngettext ("First %u Byte", "First %u Bytes", n_bytes), n_bytes);
}

static const char *
words_for_kind (MorselPreview *self)
{
  if (!is_text (self))
    /* Translators: the bytes are no text. */
    return _ ("Binary");

  return fetch_preview_get_charset (self->preview);
}

static void
show_title_of_bytes (MorselPreview *self)
{
  guint    n_bytes = g_bytes_get_size (fetch_result_get_first_bytes (self->result));
  gboolean is_all = has_whole_body (self) &&
                    morsel_fetch_get_state (self->fetch) != MORSEL_FETCH_RUNNING;
  g_autofree char *title = is_all ? words_for_all_bytes (n_bytes)
                                  : words_for_first_bytes (n_bytes);

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->kind, words_for_kind (self));
  gtk_widget_set_visible (GTK_WIDGET (self->kind), TRUE);
}

static void
show_title_of_picture (MorselPreview *self, const MorselPicture *picture)
{
  g_autofree char *size = NULL;

  if (picture != NULL)
    /* Translators: the width and the height of a picture in pixels. */
    size = g_strdup_printf (_ ("%d × %d"), picture->width, picture->height);

  gtk_label_set_label (self->title, _ ("Picture"));
  gtk_label_set_label (self->kind, size != NULL ? size : "");
  gtk_widget_set_visible (GTK_WIDGET (self->kind), size != NULL);
}

static void
show_text (MorselPreview *self)
{
  g_autofree char *text = g_strdup (fetch_preview_get_text (self->preview));

  /* The end of the last line is no empty line. */
  if (g_str_has_suffix (text, "\n"))
    text[strlen (text) - 1] = '\0';

  gtk_label_set_label (self->text, text);
  gtk_stack_set_visible_child_name (self->stack, "text");
}

static void
show_hex (MorselPreview *self)
{
  g_autofree char *dump = fetch_hex_dump (fetch_result_get_first_bytes (self->result));

  gtk_label_set_label (self->hex, dump);
  gtk_stack_set_visible_child_name (self->stack, "hex");
}

static char *
host_of (const char *url)
{
  g_autofree char *host = NULL;

  g_uri_split_network (url, G_URI_FLAGS_PARSE_RELAXED, NULL, &host, NULL, NULL);

  return fetch_visible_line (host != NULL ? host : "");
}

static void
show_picture (MorselPreview *self, const MorselPicture *picture)
{
  g_autofree char *host = host_of (
      picture->url != NULL ? picture->url : fetch_result_get_url (self->result));
  g_autofree char *trouble = NULL;

  if (picture->trouble != NULL)
    /* Translators: what is wrong with a picture follows. */
    trouble = g_strdup_printf (_ ("This is not all of the picture.\n%s"),
                               picture->trouble);

  morsel_picture_view_set_picture (self->picture_view, picture, host);
  gtk_label_set_label (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
  gtk_stack_set_visible_child_name (self->stack, "picture");
}

static char *
words_for_error (const GError *error)
{
  const char *message = morsel_words_for_error (error);

  if (error->domain == FETCH_ERROR)
    /* Translators: a sentence that says why follows. */
    return g_strdup_printf (_ ("The picture could not be fetched.\n%s"), message);

  /* Translators: a sentence that says what is wrong with it follows. */
  return g_strdup_printf (_ ("This is not a picture that can be shown.\n%s"), message);
}

static void
show_error (MorselPreview *self, const GError *error)
{
  g_autofree char *words = words_for_error (error);
  g_autofree char *message = morsel_isolate_foreign_words (words);

  gtk_label_set_label (self->message, message);
  gtk_stack_set_visible_child_name (self->stack, "message");
}

static void
show_picture_call (MorselPreview *self)
{
  MorselPicture *picture = get_picture (self);

  show_title_of_picture (self, picture);
  if (picture != NULL)
    show_picture (self, picture);
  else if (background_call_is_done (self->picture_call) == BACKGROUND_CALL_FAILED)
    show_error (self, background_call_get_error (self->picture_call));
  else
    gtk_stack_set_visible_child_name (self->stack, "waiting");
}

/* Each time, GTK asks the display where the pointer is, and waits for the answer. */
static void
set_tooltip (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

static void
show_forms (MorselPreview *self)
{
  gboolean is_picture = can_be_picture (self);
  gboolean costs_a_fetch = self->picture_call == NULL && !has_whole_body (self);

  gtk_widget_set_visible (self->text_button, is_text (self));
  gtk_widget_set_visible (self->picture_button, is_picture);
  set_tooltip (self->picture_button,
               costs_a_fetch ? _ ("Fetch All of the Picture") : NULL);
  gtk_widget_set_visible (self->forms, is_text (self) || is_picture);
}

static void
show_copy_button (MorselPreview *self)
{
  gboolean is_picture = self->form == MORSEL_PREVIEW_PICTURE;

  set_tooltip (self->copy_button, is_picture ? _ ("Copy Picture") : _ ("Copy Preview"));
  morsel_accessible_name_button (GTK_BUTTON (self->copy_button));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "preview.copy",
                                 !is_picture || get_picture (self) != NULL);
}

static void
show (MorselPreview *self)
{
  switch (self->form)
    {
    case MORSEL_PREVIEW_PICTURE:
      show_picture_call (self);
      break;

    case MORSEL_PREVIEW_HEX:
      show_title_of_bytes (self);
      show_hex (self);
      break;

    case MORSEL_PREVIEW_TEXT:
    default:
      show_title_of_bytes (self);
      show_text (self);
    }

  gtk_spinner_set_spinning (self->spinner, self->watch_id != 0);
  show_forms (self);
  show_copy_button (self);
}

/* The idle callback: see MorselFetch. */
static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  MorselPreview *self = user_data;

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    return G_SOURCE_CONTINUE;

  self->watch_id = 0;
  show (self);

  return G_SOURCE_REMOVE;
}

static void
start_picture (MorselPreview *self)
{
  if (self->picture_call != NULL)
    return;

  self->picture_call = has_whole_body (self)
                           ? morsel_picture_new_call_for_bytes (
                                 fetch_result_get_first_bytes (self->result))
                           : morsel_picture_fetch (
                                 morsel_fetch_get_session (self->fetch),
                                 morsel_fetch_get_request (self->fetch));
  self->watch_id = background_call_watch (self->picture_call, NULL, poll_cb, self, NULL);
}

/* What nobody waits for any more is cancelled. */
static void
drop_picture (MorselPreview *self)
{
  if (self->watch_id != 0)
    background_call_unwatch (self->picture_call, self->watch_id);
  self->watch_id = 0;
  g_clear_object (&self->picture_call);
  if (self->picture_view != NULL)
    morsel_picture_view_clear (self->picture_view);
}

static void
set_form (MorselPreview *self, MorselPreviewForm form)
{
  if (form == self->form || self->preview == NULL ||
      (form == MORSEL_PREVIEW_PICTURE && !can_be_picture (self)))
    return;

  if (form == MORSEL_PREVIEW_PICTURE)
    start_picture (self);
  else if (get_picture (self) == NULL)
    drop_picture (self);
  if (form != MORSEL_PREVIEW_PICTURE && is_text (self))
    self->prefers_hex = form == MORSEL_PREVIEW_HEX;

  self->form = form;
  show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORM]);
}

static void
copy_action (GtkWidget  *widget,
             const char *action_name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  MorselPreview *self = MORSEL_PREVIEW (widget);
  GtkLabel      *label = self->form == MORSEL_PREVIEW_HEX ? self->hex : self->text;

  if (self->form == MORSEL_PREVIEW_PICTURE)
    morsel_copy_texture (widget, get_picture (self)->texture, _ ("Picture copied"));
  else
    morsel_copy_text (widget, gtk_label_get_label (label), _ ("Preview copied"));
}

static void
morsel_preview_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_FORM:
      g_value_set_enum (value, MORSEL_PREVIEW (object)->form);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_preview_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_FORM:
      set_form (MORSEL_PREVIEW (object), g_value_get_enum (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_preview_dispose (GObject *object)
{
  MorselPreview *self = MORSEL_PREVIEW (object);

  if (self->picture_call != NULL)
    drop_picture (self);
  g_clear_object (&self->fetch);
  g_clear_pointer (&self->result, fetch_result_unref);
  g_clear_pointer (&self->preview, fetch_preview_free);

  G_OBJECT_CLASS (morsel_preview_parent_class)->dispose (object);
}

static void
morsel_preview_class_init (MorselPreviewClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = morsel_preview_get_property;
  object_class->set_property = morsel_preview_set_property;
  object_class->dispose = morsel_preview_dispose;

  properties[PROP_FORM] = g_param_spec_enum (
      "form", NULL, NULL, MORSEL_TYPE_PREVIEW_FORM, MORSEL_PREVIEW_TEXT,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (MORSEL_TYPE_NO_STOP);
  g_type_ensure (MORSEL_TYPE_PICTURE_VIEW);
  g_type_ensure (MORSEL_TYPE_SINGLE_STOP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, title);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, kind);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, forms);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, text_button);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, picture_button);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, copy_button);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, stack);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, text_bin);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, hex_bin);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, spinner);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, picture_view);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, trouble);
  gtk_widget_class_bind_template_child (widget_class, MorselPreview, message);

  gtk_widget_class_install_property_action (widget_class, "preview.form", "form");
  gtk_widget_class_install_action (widget_class, "preview.copy", NULL, copy_action);
}

static GtkLabel *
new_text_label (MorselPreview *self)
{
  GtkWidget *label = morsel_words_new_text_label ();

  gtk_accessible_update_relation (
      GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title, NULL, -1);

  return GTK_LABEL (label);
}

static void
morsel_preview_init (MorselPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  /* A text wraps. The rows of a hex dump stay whole, and scroll where there is no room.
   */
  self->text = new_text_label (self);
  adw_bin_set_child (self->text_bin, GTK_WIDGET (self->text));
  self->hex = new_text_label (self);
  gtk_label_set_wrap (self->hex, FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->hex_bin),
                                 GTK_WIDGET (self->hex));
}

GType
morsel_preview_form_get_type (void)
{
  static const GEnumValue values[] = {
    { MORSEL_PREVIEW_TEXT, "MORSEL_PREVIEW_TEXT", "text" },
    { MORSEL_PREVIEW_HEX, "MORSEL_PREVIEW_HEX", "hex" },
    { MORSEL_PREVIEW_PICTURE, "MORSEL_PREVIEW_PICTURE", "picture" },
    { 0, NULL, NULL },
  };
  static GType type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("MorselPreviewForm", values));

  return type;
}

/* A picture is shown until there is something else to show. */
static void
take_result (MorselPreview *self, MorselFetch *fetch, FetchResult *result)
{
  drop_picture (self);
  g_set_object (&self->fetch, fetch);
  g_clear_pointer (&self->result, fetch_result_unref);
  g_clear_pointer (&self->preview, fetch_preview_free);
  if (result == NULL)
    return;

  self->result = fetch_result_ref (result);
  self->preview = fetch_preview_new_for_result (result);
  self->form = is_text (self) && !self->prefers_hex ? MORSEL_PREVIEW_TEXT
                                                    : MORSEL_PREVIEW_HEX;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FORM]);
}

/**
 * morsel_preview_show:
 * @self: a preview
 * @fetch: (nullable): whose first bytes to show
 *
 * To be called again whenever @fetch has changed.
 */
void
morsel_preview_show (MorselPreview *self, MorselFetch *fetch)
{
  FetchResult *result = fetch != NULL ? morsel_fetch_get_result (fetch) : NULL;

  g_return_if_fail (MORSEL_IS_PREVIEW (self));

  if (fetch != self->fetch || result != self->result)
    take_result (self, fetch, result);

  gtk_widget_set_visible (GTK_WIDGET (self), self->preview != NULL &&
                                                 fetch_preview_get_kind (self->preview) !=
                                                     FETCH_PREVIEW_EMPTY);
  if (self->preview != NULL)
    show (self);
}
