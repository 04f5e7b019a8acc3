/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-address-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-url.h"

/*
 * Addresses in a table: CSV as RFC 4180 has it, or with semicolons, as spreadsheets write
 * it where a comma is a decimal separator, or with tabs, as they are copied. Which of the
 * columns has the addresses is seen by what is in it.
 */
typedef struct
{
  const char *next;
  char        delimiter;
  guint       line;           /* of what is next */
  gboolean    has_open_quote; /* one was not closed: from there on, they mean nothing */
  GString    *cell;           /* its beginning, as far as it could be of use */
} Table;

/* How much is looked at to find out. */
#define MAX_ROWS 200
#define MAX_COLUMNS 64

/* What the first rows are like. */
typedef struct
{
  guint    n_rows;
  guint    n_columns; /* of the first */
  gboolean is_even;   /* all of them have as many */
  guint    n_urls[MAX_COLUMNS];
  guint    n_addresses[MAX_COLUMNS];
} Sample;

static const char delimiters[] = { '\t', ';', ',' };

static void
table_init (Table *self, const char *text, char delimiter)
{
  *self = (Table){
    .next = text, .delimiter = delimiter, .line = 1, .cell = g_string_new (NULL)
  };
}

static void
table_clear (Table *self)
{
  g_string_free (self->cell, TRUE);
}

static void
append (Table *self, const char *text, gsize length)
{
  gsize room = FETCH_URL_MAX_LENGTH + 1 - MIN (self->cell->len, FETCH_URL_MAX_LENGTH + 1);

  g_string_append_len (self->cell, text, MIN (length, room));
}

/* Returns where it ends: behind the closing quote; NULL if there is none. */
static const char *
read_quoted (Table *self, guint *n_lines)
{
  const char *p = self->next + 1;

  *n_lines = 0;
  while (TRUE)
    {
      gsize length = strcspn (p, "\"\n");

      append (self, p, length);
      p += length;
      if (*p == '\0')
        return NULL;

      if (*p == '\n')
        ++*n_lines;
      else if (p[1] != '"')
        return p + 1;
      else
        p++;
      append (self, p++, 1);
    }
}

/* Returns whether another cell follows in the same row. */
static gboolean
read_cell (Table *self)
{
  const char  ends[] = { self->delimiter, '\r', '\n', '\0' };
  const char *after_quote = NULL;
  guint       n_lines = 0;
  gsize       length;

  g_string_truncate (self->cell, 0);
  if (*self->next == '"' && !self->has_open_quote)
    {
      after_quote = read_quoted (self, &n_lines);
      self->has_open_quote = after_quote == NULL;
    }
  if (after_quote != NULL)
    {
      self->next = after_quote;
      self->line += n_lines;
    }
  else
    g_string_truncate (self->cell, 0);

  length = strcspn (self->next, ends);
  append (self, self->next, length);
  self->next += length;
  if (*self->next == self->delimiter)
    {
      self->next++;
      return TRUE;
    }

  return FALSE;
}

static void
end_row (Table *self)
{
  if (*self->next == '\0')
    return;

  self->next += g_str_has_prefix (self->next, "\r\n") ? 2 : 1;
  self->line++;
}

/* Rows without anything in them are no rows. */
static gboolean
find_row (Table *self)
{
  while (*self->next == '\n' || *self->next == '\r')
    end_row (self);

  return *self->next != '\0';
}

static gboolean
is_address (const char *text)
{
  return strchr (text, '.') != NULL && fetch_address_list_check (text, NULL, NULL);
}

static void
sample_row (Sample *self, Table *table)
{
  guint    column = 0;
  gboolean has_more = TRUE;

  for (; has_more; column++)
    {
      has_more = read_cell (table);
      g_strstrip (table->cell->str);
      if (column >= MAX_COLUMNS)
        continue;

      self->n_urls[column] += fetch_address_text_has_scheme (table->cell->str);
      self->n_addresses[column] += is_address (table->cell->str);
    }
  end_row (table);

  if (self->n_rows++ == 0)
    self->n_columns = column;
  self->is_even = self->is_even && column == self->n_columns;
}

static Sample
take_sample (const char *text, char delimiter)
{
  Sample sample = { .is_even = TRUE };
  Table  table;

  table_init (&table, text, delimiter);
  while (sample.n_rows < MAX_ROWS && find_row (&table))
    sample_row (&sample, &table);
  table_clear (&table);

  return sample;
}

/* What is a URL for sure counts more than what may be one. */
static guint
find_column (const Sample *self)
{
  guint best = 0;

  for (guint i = 1; i < MIN (self->n_columns, MAX_COLUMNS); i++)
    if (self->n_urls[i] > self->n_urls[best] ||
        (self->n_urls[i] == self->n_urls[best] &&
         self->n_addresses[i] > self->n_addresses[best]))
      best = i;

  return best;
}

/* The one by which all rows have as many cells; if there is none, the one of which there
 * are most in the first row. */
static char
find_delimiter (const char *text, Sample *sample)
{
  char delimiter = ',';

  *sample = take_sample (text, delimiter);
  for (gsize i = 0; i < G_N_ELEMENTS (delimiters); i++)
    {
      Sample   other = take_sample (text, delimiters[i]);
      gboolean is_table = other.is_even && other.n_columns > 1 &&
                          other.n_addresses[find_column (&other)] > 0;

      if (is_table || other.n_columns > sample->n_columns)
        {
          *sample = other;
          delimiter = delimiters[i];
        }
      if (is_table)
        break;
    }

  return delimiter;
}

/* Whether what looks like a table is a list of addresses with commas in them. */
static gboolean
has_only_addresses (const char *text)
{
  guint line = 0;

  for (const char *next = text; next != NULL && line < MAX_ROWS; text = next)
    {
      const char      *end;
      g_autofree char *address = NULL;

      next = fetch_address_text_next_line (text, &end, &line);
      address = g_strstrip (g_strndup (text, MIN (end - text, FETCH_URL_MAX_LENGTH + 1)));
      if (*address != '\0' && !fetch_address_list_check (address, NULL, NULL))
        return FALSE;
    }

  return TRUE;
}

/* The name of a column is no address. */
static gboolean
is_heading (const char *text)
{
  return strpbrk (text, ".:/") == NULL;
}

static void
read_row (FetchAddressList *list, Table *table, guint column, gboolean is_first)
{
  guint       line = table->line;
  const char *row = table->next;
  gboolean    has_cell = FALSE;
  gboolean    has_more = TRUE;

  for (guint i = 0; has_more; i++)
    {
      has_more = read_cell (table);
      g_strstrip (table->cell->str);
      if (i != column || *table->cell->str == '\0')
        continue;

      has_cell = TRUE;
      if (!is_first || !is_heading (table->cell->str))
        fetch_address_list_add (list, line, table->cell->str, strlen (table->cell->str));
    }

  if (!has_cell && !is_first)
    fetch_address_list_add_bad_line (list, line, row, table->next - row,
                                     _ ("There is no address in this row."));
  end_row (table);
}

gboolean
fetch_address_table_is_one (const char *text)
{
  Sample sample;

  find_delimiter (text, &sample);

  return sample.is_even && sample.n_columns > 1 && sample.n_rows > 1 &&
         2 * sample.n_urls[find_column (&sample)] + 1 >= sample.n_rows &&
         sample.n_urls[find_column (&sample)] > 0 && !has_only_addresses (text);
}

void
fetch_address_table_read (FetchAddressList *list, const char *text)
{
  Sample   sample;
  Table    table;
  char     delimiter = find_delimiter (text, &sample);
  guint    column = find_column (&sample);
  gboolean is_first = TRUE;

  table_init (&table, text, delimiter);
  while (!fetch_address_list_is_full (list) && find_row (&table))
    {
      read_row (list, &table, column, is_first);
      is_first = FALSE;
    }
  table_clear (&table);
}
