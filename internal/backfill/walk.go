package backfill

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/clean"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/queue"
)

// Kind says what a row of the input is to a run.
type Kind int

// The kinds.
const (
	KindJob       Kind = iota
	KindDuplicate      // a row before it has the same id and the same article
	KindBad            // it cannot be read, or is no valid job
)

// Item is a row and the job that is made of it.
type Item struct {
	Kind   Kind
	Number int64
	Place  archive.Place
	Job    queue.Job // of a job or a duplicate
	Err    error     // of a bad row
	// Cursor is the run's when this row is done.
	Cursor queue.RunCursor
	// Read of Size bytes of the inputs; Size is 0 where it is not known.
	Read, Size int64

	article string // its digest, of a job or a duplicate
}

// Walk reads the rows of a run in their order. The same inputs give the same
// items, whenever and wherever they are read: what a run sends, and what is
// reconciled afterwards, cannot differ.
//
// It remembers an id in some 40 bytes a row, to tell a duplicate from two articles
// with one id.
type Walk struct {
	reader *archive.Reader
	recipe Recipe
	seen   map[[16]byte]sighting
	cursor queue.RunCursor
	digest [sha256.Size]byte
	near   *near.Index // nil: copies are not looked for
}

// sighting is the row that had an id first.
type sighting struct {
	number  int64
	article [8]byte // the beginning of its article's digest
}

// NewWalk reads with a recipe. The reader stays the caller's to close.
func NewWalk(reader *archive.Reader, recipe Recipe) *Walk {
	return &Walk{reader: reader, recipe: recipe, seen: map[[16]byte]sighting{}}
}

// FindCopies has each job that is a near copy of an earlier one name it, so that
// the two share a call. Every article is cleaned for that.
func (w *Walk) FindCopies(index *near.Index) { w.near = index }

// Next is the next row, or [io.EOF]. Any other error is of the input as a whole.
func (w *Walk) Next(ctx context.Context) (Item, error) {
	row, err := w.reader.Next(ctx)
	bad, isBad := errors.AsType[*archive.RowError](err)
	if err != nil && !isBad {
		return Item{}, err
	}
	var item Item
	if isBad {
		item = Item{Kind: KindBad, Number: bad.Number, Place: bad.Place, Err: bad.Err}
	} else {
		item = w.judge(row)
	}
	w.count(&item)
	item.Read, item.Size = w.reader.Read()
	return item, nil
}

func (w *Walk) judge(row archive.Row) Item {
	item := Item{Number: row.Number, Place: row.Place, Job: w.recipe.Job(row)}
	if size := max(len(row.Article.Text), len(row.Article.HTML)); size > queue.MaxArticleBytes {
		return item.bad(fmt.Errorf("%w: %d bytes, the limit is %d", queue.ErrTooLarge, size, queue.MaxArticleBytes))
	}
	if err := item.Job.Validate(); err != nil {
		return item.bad(err)
	}
	key := sha256.Sum256([]byte(item.Job.ID))
	item.article = queue.Job{Article: row.Article}.Digest()
	now := sighting{number: row.Number, article: [8]byte([]byte(item.article))}
	id := [16]byte(key[:])
	switch first, found := w.seen[id]; {
	case !found:
		w.seen[id] = now
		w.findOriginal(&item.Job)
	case first.article == now.article:
		item.Kind = KindDuplicate
	default:
		return item.bad(fmt.Errorf("its id is that of row %d, which is another article", first.number))
	}
	return item
}

// findOriginal leaves a job as it is whose article cannot be cleaned: its worker
// says why.
func (w *Walk) findOriginal(job *queue.Job) {
	if w.near == nil {
		return
	}
	a := job.Article
	cleaned, err := clean.Clean(clean.Input{Title: a.Title, Text: a.Text, HTML: a.HTML, URL: a.URL, Lang: a.Lang})
	if err != nil {
		return
	}
	if match, found := w.near.Add(job.ID, near.Of(cleaned)); found {
		job.Options.CopyOf = match.ID
	}
}

func (i Item) bad(err error) Item {
	i.Kind, i.Err = KindBad, err
	return i
}

// count carries the cursor on to the item's row.
func (w *Walk) count(item *Item) {
	c := &w.cursor
	c.Rows++
	mark := "bad"
	switch item.Kind {
	case KindBad:
		c.Bad++
	case KindDuplicate:
		c.Duplicates++
		mark = item.Job.Key()
	case KindJob:
		c.Jobs++
		mark = item.Job.Key() + item.article
	}
	w.digest = sha256.Sum256(append(w.digest[:], mark+" "+strconv.FormatInt(item.Number, 10)...))
	item.Cursor = *c
	item.Cursor.Digest = hex.EncodeToString(w.digest[:16])
}

// readAhead is how many rows are read while earlier ones are worked on.
const readAhead = 64

// each walks to the end, or until f returns an error. The rows are read beside f.
func (w *Walk) each(ctx context.Context, f func(Item) error) error {
	reading, stop := context.WithCancel(ctx)
	items, end := make(chan Item, readAhead), make(chan error, 1)
	go func() {
		defer close(items)
		for {
			item, err := w.Next(reading)
			if err != nil {
				end <- err
				return
			}
			select {
			case items <- item:
			case <-reading.Done():
				end <- context.Cause(reading)
				return
			}
		}
	}()
	// The reader is its owner's again when each returns.
	defer func() {
		for range items {
			continue
		}
	}()
	defer stop()
	for item := range items {
		if err := f(item); err != nil {
			return err
		}
	}
	if err := <-end; !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
