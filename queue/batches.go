package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// BatchStage is how far a provider's batch of a run is, as its producer knows it.
type BatchStage string

// The stages, in their order.
const (
	BatchCut       BatchStage = "cut"       // its rows are chosen
	BatchUploaded  BatchStage = "uploaded"  // its file is at the provider
	BatchMade      BatchStage = "made"      // it is at work there
	BatchEnded     BatchStage = "ended"     // its answers can be had
	BatchCollected BatchStage = "collected" // its answers are stored, and its jobs queued
)

// BatchRecord is one provider's batch of a backfill run. It lives on the server, so
// that any machine can go on with it.
type BatchRecord struct {
	Run    string `json:"run"`
	Number int    `json:"number"` // from 1
	// Rows of the run's input that it stands for: those after After, up to and with
	// Upto.
	After int64 `json:"after"`
	Upto  int64 `json:"upto"`
	// Of is the batch whose open rows it asks again; 0 is none.
	Of       int        `json:"of,omitzero"`
	Lines    int        `json:"lines"`
	Stage    BatchStage `json:"stage"`
	Endpoint string     `json:"endpoint"`
	Model    string     `json:"model"`
	// Setup that its questions were made with.
	Setup string `json:"setup"`
	// Attempt at making it, from 1: it grows when the provider has refused the file.
	Attempt int `json:"attempt"`
	// File and ID are the provider's, Output and Errors the ids of its answers.
	File   string `json:"file,omitzero"`
	ID     string `json:"id,omitzero"`
	Output string `json:"output,omitzero"`
	Errors string `json:"errors,omitzero"`
	// Ended is the provider's word for how it ended: completed, expired, cancelled.
	Ended string `json:"ended,omitzero"`
	// Cancelled: an operator has asked for its end. What it did not answer is not
	// queued.
	Cancelled bool `json:"cancelled,omitzero"`
	// Done is the last row whose job is queued.
	Done   int64       `json:"done"`
	Counts BatchCounts `json:"counts,omitzero"`
	// Cost so far in billionths, and what it could cost at most.
	Cost     Amount `json:"cost,omitzero"`
	AtMost   Amount `json:"at_most,omitzero"`
	Currency string `json:"currency,omitzero"`
	// Budgets that it is booked in.
	Budgets []Budget  `json:"budgets,omitzero"`
	Made    time.Time `json:"made,omitzero"`

	revision uint64
}

// BatchCounts are the lines of a batch by what became of them.
type BatchCounts struct {
	Answered int `json:"answered"`           // stored in the ledger
	Refused  int `json:"refused,omitzero"`   // an error in the place of an answer
	Expired  int `json:"expired,omitzero"`   // not done in time, or cancelled before
	Missing  int `json:"missing,omitzero"`   // in no file
	Broken   int `json:"broken,omitzero"`    // lines of the files that cannot be read
	Unknown  int `json:"unknown,omitzero"`   // answers to questions that were not asked
	Twice    int `json:"twice,omitzero"`     // further answers to one question
	Aside    int `json:"aside,omitzero"`     // rows that were not for the batch
	Known    int `json:"known,omitzero"`     // rows whose answer was there before
	Held     int `json:"held,omitzero"`      // rows that were not queued for want of an answer
	LeftOver int `json:"left_over,omitzero"` // rows that another batch asks again
}

// Open are the lines without an answer.
func (c BatchCounts) Open() int { return c.Refused + c.Expired + c.Missing }

// ErrBatchChanged says that another program has written a batch's record.
var ErrBatchChanged = errors.New("the batch was changed by another program")

func batchKey(run string, number int) string { return "batch." + run + "." + strconv.Itoa(number) }

// PutBatch stores a record: a new one where there was none of its number, else in
// the place of the one that b was read from. The error to act on is
// [ErrBatchChanged]; after any other it is not known whether it was written.
func (c *Conn) PutBatch(ctx context.Context, b BatchRecord) (BatchRecord, error) {
	value, err := json.Marshal(b)
	if err != nil {
		return b, fmt.Errorf("write batch %d of run %s: %w", b.Number, b.Run, err)
	}
	err = c.onRuns(ctx, func(ctx context.Context, kv jetstream.KeyValue) (err error) {
		if b.revision == 0 {
			b.revision, err = kv.Create(ctx, batchKey(b.Run, b.Number), value)
		} else {
			b.revision, err = kv.Update(ctx, batchKey(b.Run, b.Number), value, b.revision)
		}
		if errors.Is(err, jetstream.ErrKeyExists) || wrongLastSequence(err) {
			err = ErrBatchChanged
		}
		return err
	})
	if err != nil {
		return b, fmt.Errorf("write batch %d of run %s: %w", b.Number, b.Run, err)
	}
	return b, nil
}

// RunBatches lists the batches of a run by number.
func (c *Conn) RunBatches(ctx context.Context, run string) ([]BatchRecord, error) {
	if err := ValidateSource(run); err != nil {
		return nil, err
	}
	var all []BatchRecord
	err := c.onRuns(ctx, func(ctx context.Context, kv jetstream.KeyValue) error {
		all = nil
		return entriesOf(ctx, kv, batchKey(run, 0)[:len(batchKey(run, 0))-1]+"*", func(entry jetstream.KeyValueEntry) {
			var b BatchRecord
			if json.Unmarshal(entry.Value(), &b) == nil {
				b.revision = entry.Revision()
				all = append(all, b)
			}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list the batches of run %s: %w", run, err)
	}
	slices.SortFunc(all, func(a, b BatchRecord) int { return a.Number - b.Number })
	return all, nil
}

// headerUpto of a message of calls is the last row of the batch that is in it.
const headerUpto = "Mujaz-Upto"

// RecordBatch writes calls of a batch into the record of spending, those of the rows
// up to and with one; calls of rows up to there that are written already are not
// written again, however long ago that was.
func (c *Conn) RecordBatch(ctx context.Context, b BatchRecord, upto int64, calls []Spend) error {
	name := batchKey(b.Run, b.Number)
	subject := c.topo.SpendSubject(name)
	last, sequence := int64(-1), uint64(0)
	err := c.guard(ctx, func(ctx context.Context) error {
		msg, err := c.lastOn(ctx, c.topo.SpendStream(), subject)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err == nil {
			sequence = msg.Sequence
			last, err = strconv.ParseInt(msg.Header.Get(headerUpto), 10, 64)
		}
		return err
	}, c.topo.SpendStream())
	if err != nil {
		return fmt.Errorf("record calls: %w", explainAPI(err))
	}
	if last >= upto || len(calls) == 0 {
		return nil
	}
	data, err := json.Marshal(spendBatch{Worker: name, Calls: calls})
	if err != nil {
		return fmt.Errorf("record calls: %w", err)
	}
	msg := nats.NewMsg(subject)
	msg.Data = data
	msg.Header.Set(headerUpto, strconv.FormatInt(upto, 10))
	if _, err := c.js.PublishMsg(ctx, msg, jetstream.WithExpectLastSequencePerSubject(sequence)); err != nil {
		return fmt.Errorf("record calls: %w", explainAPI(err))
	}
	return nil
}

// batchBooked is how long a batch has a part of its own in a budget: longer than
// providers keep its answers. Then it is added to what others have spent.
const batchBooked = 40 * 24 * time.Hour

// BookBatch enters what a batch costs into its budgets, in the place of what was
// entered before: the most that it could, and then what it did. It can be repeated.
// The amount counts as spent from the start: nobody should wait for hours for what
// may come back of it. Checked refuses what would pass a cap with an
// *[OverBudgetError], and then nothing is entered.
func (c *Conn) BookBatch(ctx context.Context, b BatchRecord, amount Amount, checked bool) error {
	for i, budget := range b.Budgets {
		err := c.book(ctx, batchKey(b.Run, b.Number), b.Currency, budget, amount, checked)
		if err == nil {
			continue
		}
		for _, booked := range b.Budgets[:i] {
			err = errors.Join(err, c.book(ctx, batchKey(b.Run, b.Number), b.Currency, booked, 0, false))
		}
		return err
	}
	return nil
}

func (c *Conn) book(ctx context.Context, name, currency string, budget Budget, amount Amount, checked bool) error {
	a := newAccount(&Budgets{conn: c, currency: currency, self: name}, budget, budget.key(currency))
	for {
		entry, sequence, err := c.readAccount(ctx, a.stream, a.subject)
		if err != nil {
			return fmt.Errorf("book the batch: %w", explainAPI(err))
		}
		now := time.Now()
		spent, reserved := entry.sums(name, now)
		if checked && spent+reserved+amount > budget.Cap {
			return &OverBudgetError{Budget: budget, Currency: currency, Spent: spent + reserved, Want: amount}
		}
		next := entry.with(name, part{Spent: amount, Until: now.Add(batchBooked).Unix()}, budget.Cap, now)
		_, err = a.put(next, sequence) //nolint:contextcheck // each write has a deadline of its own
		if !wrongLastSequence(err) {
			if err != nil {
				err = fmt.Errorf("book the batch: %w", explainAPI(err))
			}
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}
