package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// Metadata of a batch at the provider.
const (
	metaRun     = "mujaz_run"
	metaNumber  = "mujaz_batch"
	metaAttempt = "mujaz_attempt"
)

// written is what came of writing a file.
type written struct {
	lines, aside, known int
	bytes               int64
	last                int64 // row
	model               string
	atMost              queue.Amount
	full                bool // a row did not fit any more
}

// write writes the questions of rows after one, up to and with another, as far as
// they fit.
func (f *Flow) write(ctx context.Context, w io.Writer, rows Rows, after, upto int64) (written, error) {
	out := written{last: after}
	asked := map[string]bool{}
	var line []byte
	for row, err := range rows(ctx) {
		switch {
		case err != nil:
			return out, err
		case row.Number <= after:
			continue
		case row.Number > upto:
			return out, nil
		}
		q, aside := f.questions.Question(row.Job)
		if aside == worker.AsideNone && out.model != "" && q.Model() != out.model {
			aside = worker.AsideRefused // a file asks one model
		}
		if aside != worker.AsideNone {
			out.aside++
			out.last = row.Number
			continue
		}
		found, err := f.questions.Find(ctx, q)
		if err != nil {
			return out, err
		}
		if found.Known || asked[q.Key] {
			out.known++
			out.last = row.Number
			continue
		}
		if line, err = f.questions.AppendLine(line[:0], q); err != nil {
			return out, fmt.Errorf("row %d: %w", row.Number, err)
		}
		if int64(len(line)) > f.cfg.MaxBytes {
			out.aside++
			out.last = row.Number
			continue
		}
		if out.lines == f.cfg.MaxRows || out.bytes+int64(len(line)) > f.cfg.MaxBytes {
			out.full = true
			return out, nil
		}
		if _, err := w.Write(line); err != nil {
			return out, fmt.Errorf("write the file of a batch: %w", err)
		}
		asked[q.Key] = true
		out.lines++
		out.bytes += int64(len(line))
		out.atMost += f.questions.AtMost(q)
		out.last, out.model = row.Number, q.Model()
	}
	return out, nil
}

// next begins the batch behind the last one.
func (f *Flow) next(ctx context.Context, rows Rows) error {
	after := f.last()
	file, remove, err := f.temp()
	if err != nil {
		return err
	}
	defer remove()
	out, err := f.write(ctx, file, rows, after, math.MaxInt64)
	if err != nil {
		return err
	}
	f.atEnd = !out.full
	if out.last == after {
		return nil // no row is left
	}
	r := queue.BatchRecord{
		Run: f.cfg.Run, Number: f.number + 1, After: after, Upto: out.last, Endpoint: f.client.Label(), Setup: f.setup, Stage: queue.BatchCut, Attempt: 1, Done: after,
	}
	return f.cut(ctx, len(f.records), r, out, file)
}

// cut records a batch's rows, and uploads the file of their questions.
func (f *Flow) cut(ctx context.Context, i int, r queue.BatchRecord, out written, file io.ReadSeeker) error {
	r.Lines, r.Model, r.AtMost, r.Currency = out.lines, out.model, out.atMost, f.questions.Currency()
	r.Counts.Aside, r.Counts.Known = out.aside, out.known
	if r.Lines == 0 {
		// Nothing to ask: its rows can be queued.
		r.Stage, r.Done = queue.BatchCollected, r.Upto
		return f.put(ctx, i, r)
	}
	if err := f.conn.BookBatch(ctx, r, 0, false); err != nil { // it may have been booked on another day
		return err
	}
	var err error
	if r.Budgets, err = f.questions.Budgets(ctx, r.Model); err != nil {
		return err
	}
	if err := f.put(ctx, i, r); err != nil {
		return err
	}
	r = f.records[i]
	if err := f.at("cut"); err != nil {
		return err
	}
	if err := f.conn.BookBatch(ctx, r, r.AtMost, true); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the file of a batch: %w", err)
	}
	name := fmt.Sprintf("mujaz-%s-%d.jsonl", r.Run, r.Number)
	id, err := f.client.UploadBatchFile(ctx, name, file, out.bytes)
	if e, refused := errors.AsType[*llm.Error](err); refused && e.Status == http.StatusRequestEntityTooLarge {
		return fmt.Errorf("batch %d: the provider takes no file of %d bytes; allow fewer bytes or rows in a batch", r.Number, out.bytes)
	}
	if err != nil {
		return f.passing(err)
	}
	if err := f.at("uploaded"); err != nil {
		return err
	}
	r.File, r.Stage = id, queue.BatchUploaded
	f.sure[r.Number] = true
	return f.put(ctx, i, r)
}

// upload writes the file of a batch anew whose rows are chosen.
func (f *Flow) upload(ctx context.Context, i int, rows Rows) error {
	r := f.records[i]
	if r.Cancelled {
		r.Stage, r.Ended, r.Done = queue.BatchCollected, string(llm.BatchCancelled), r.Upto
		r.Counts.Expired, r.Counts.Held = r.Lines, r.Lines
		return errors.Join(f.conn.BookBatch(ctx, r, 0, false), f.put(ctx, i, r))
	}
	file, remove, err := f.temp()
	if err != nil {
		return err
	}
	defer remove()
	out, err := f.write(ctx, file, rows, r.After, r.Upto)
	if err != nil {
		return err
	}
	if out.full {
		if r.Upto < f.last() || r.Of != 0 {
			return fmt.Errorf("the rows of batch %d do not fit its limits any more: give it those of before", r.Number)
		}
		r.Upto, f.atEnd = out.last, false
	}
	return f.cut(ctx, i, r, out, file)
}

// passing reports a fault that is worth another try later, and keeps all others.
func (f *Flow) passing(err error) error {
	switch llm.Classify(err) {
	case llm.ClassTransient, llm.ClassUnavailable, llm.ClassThrottled:
		if _, known := errors.AsType[*llm.Error](err); known {
			f.trouble(err)
			return nil
		}
	}
	return err
}

// create has the provider begin a batch, once: where it may have been begun already,
// it is looked for first.
func (f *Flow) create(ctx context.Context, i int) (moved bool, err error) {
	r := f.records[i]
	if !f.sure[r.Number] {
		found, err := f.find(ctx, r)
		if err != nil {
			return false, f.passing(err)
		}
		if found.ID != "" {
			return true, f.made(ctx, i, found)
		}
	}
	if r.Cancelled {
		r.Stage, r.File = queue.BatchCut, ""
		return true, f.put(ctx, i, r)
	}
	f.sure[r.Number] = false
	b, err := f.client.CreateBatch(ctx, r.File, map[string]string{
		metaRun: r.Run, metaNumber: strconv.Itoa(r.Number), metaAttempt: strconv.Itoa(r.Attempt),
	})
	if e, refused := errors.AsType[*llm.Error](err); refused && e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout {
		f.sure[r.Number] = true
		if e.Class == llm.ClassThrottled || e.Class == llm.ClassQuota && f.open() > 1 {
			f.trouble(err) // too many tokens wait in batches; others end
			return false, nil
		}
		return false, err
	}
	if err != nil {
		return false, f.passing(err)
	}
	if err := f.at("created"); err != nil {
		return false, err
	}
	return true, f.made(ctx, i, b)
}

// find looks for a batch whose id was lost.
func (f *Flow) find(ctx context.Context, r queue.BatchRecord) (found llm.Batch, err error) {
	err = f.client.Batches(ctx, func(b llm.Batch) bool {
		if b.Input == r.File && b.Metadata[metaRun] == r.Run && b.Metadata[metaNumber] == strconv.Itoa(r.Number) &&
			b.Metadata[metaAttempt] == strconv.Itoa(r.Attempt) {
			found = b
		}
		return found.ID == ""
	})
	return found, err
}

func (f *Flow) made(ctx context.Context, i int, b llm.Batch) error {
	r := f.records[i]
	r.ID, r.Stage, r.Made = b.ID, queue.BatchMade, time.Now().UTC()
	return f.put(ctx, i, r)
}

// poll looks at a batch.
func (f *Flow) poll(ctx context.Context, i int) (moved bool, err error) {
	r := f.records[i]
	b, err := f.client.Batch(ctx, r.ID)
	if err != nil {
		return false, f.passing(err)
	}
	switch {
	case !b.State.Ended():
		return false, f.cancelled(ctx, i)
	case b.State == llm.BatchFailed:
		return f.failed(ctx, i, b)
	}
	r.Stage, r.Ended, r.Output, r.Errors = queue.BatchEnded, string(b.State), b.Output, b.Errors
	return true, f.put(ctx, i, r)
}

// cancelled takes over that an operator has cancelled the batch meanwhile.
func (f *Flow) cancelled(ctx context.Context, i int) error {
	records, err := f.conn.RunBatches(ctx, f.cfg.Run)
	if err != nil {
		return err
	}
	for _, r := range records {
		if own := f.records[i]; r.Number == own.Number && r.Cancelled && r.Stage == own.Stage {
			f.records[i] = r
		}
	}
	return nil
}

// failed: the provider has refused the file, and nothing was done.
func (f *Flow) failed(ctx context.Context, i int, b llm.Batch) (moved bool, err error) {
	r := f.records[i]
	r.Attempt++
	r.ID = ""
	f.sure[r.Number] = true
	for _, p := range b.Problems {
		if p.Code == llm.CodeTokenLimit {
			// The file is good: it waits until others have ended.
			r.Stage = queue.BatchUploaded
			f.trouble(&RefusedError{r.Number, b.Problems})
			return false, f.put(ctx, i, r)
		}
	}
	r.Stage, r.File = queue.BatchCut, ""
	err = f.conn.BookBatch(ctx, r, 0, false)
	return false, errors.Join(f.put(ctx, i, r), err, &RefusedError{r.Number, b.Problems})
}
