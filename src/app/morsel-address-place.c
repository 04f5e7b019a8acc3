/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-address-place.h"

/*
 * Where an address is typed: in the header bar, or below it where that has no room. There
 * is one entry only, which moves, with what is typed in it and with the focus.
 */
struct _MorselAddressPlace
{
  GObject parent_instance;

  AdwSqueezer *squeezer;    /* not owned: the window's, as are these: */
  AdwBin      *wide_slot;   /* in the header bar */
  AdwBin      *narrow_slot; /* below it */

  GtkWidget *focus; /* weak: what has had it, in the bar that is about to move */
  guint      move_id;
};

G_DEFINE_FINAL_TYPE (MorselAddressPlace, morsel_address_place, G_TYPE_OBJECT)

static gboolean
has_room (MorselAddressPlace *self)
{
  return adw_squeezer_get_visible_child (self->squeezer) == GTK_WIDGET (self->wide_slot);
}

static GtkWidget *
get_address_bar (MorselAddressPlace *self)
{
  GtkWidget *bar = adw_bin_get_child (self->wide_slot);

  return bar != NULL ? bar : adw_bin_get_child (self->narrow_slot);
}

static gboolean
move_cb (gpointer user_data)
{
  MorselAddressPlace *self = user_data;
  AdwBin             *slot = has_room (self) ? self->wide_slot : self->narrow_slot;
  GtkWidget          *bar = get_address_bar (self);

  self->move_id = 0;
  if (gtk_widget_get_parent (bar) == GTK_WIDGET (slot))
    return G_SOURCE_REMOVE;

  g_object_ref (bar);
  adw_bin_set_child (ADW_BIN (gtk_widget_get_parent (bar)), NULL);
  adw_bin_set_child (slot, bar);
  g_object_unref (bar);

  gtk_widget_set_visible (GTK_WIDGET (self->narrow_slot), slot == self->narrow_slot);
  /* A text that grabbed it would be selected. */
  if (self->focus != NULL)
    gtk_root_set_focus (gtk_widget_get_root (bar), self->focus);
  g_clear_weak_pointer (&self->focus);

  return G_SOURCE_REMOVE;
}

/* Not moved at once, as this is found out in the middle of a layout. But what has the
 * focus is remembered at once: GTK takes it away in the frame that follows. */
static void
room_changed_cb (MorselAddressPlace *self)
{
  GtkWidget *bar = get_address_bar (self);
  GtkRoot   *root = gtk_widget_get_root (bar);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (self->move_id != 0)
    return;

  if (focus != NULL && gtk_widget_is_ancestor (focus, bar))
    g_set_weak_pointer (&self->focus, focus);
  else
    g_clear_weak_pointer (&self->focus);
  self->move_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, move_cb, self, NULL);
}

static void
morsel_address_place_dispose (GObject *object)
{
  MorselAddressPlace *self = MORSEL_ADDRESS_PLACE (object);

  g_clear_handle_id (&self->move_id, g_source_remove);
  g_clear_weak_pointer (&self->focus);

  G_OBJECT_CLASS (morsel_address_place_parent_class)->dispose (object);
}

static void
morsel_address_place_class_init (MorselAddressPlaceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_address_place_dispose;
}

static void
morsel_address_place_init (MorselAddressPlace *self G_GNUC_UNUSED)
{
}

/**
 * morsel_address_place_new:
 * @squeezer: what shows @wide_slot where there is room for it
 * @wide_slot: the place in the header bar, with the widgets that are to move
 * @narrow_slot: the place below it
 *
 * Moves widgets from one place to the other, and back, as long as it is there: not longer
 * than these widgets.
 *
 * Returns: (transfer full): what moves them
 */
MorselAddressPlace *
morsel_address_place_new (AdwSqueezer *squeezer, AdwBin *wide_slot, AdwBin *narrow_slot)
{
  MorselAddressPlace *self = g_object_new (MORSEL_TYPE_ADDRESS_PLACE, NULL);

  self->squeezer = squeezer;
  self->wide_slot = wide_slot;
  self->narrow_slot = narrow_slot;
  g_signal_connect_object (squeezer, "notify::visible-child",
                           G_CALLBACK (room_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}
