package backfill

import (
	"context"
	"errors"

	"github.com/mujaz/mujaz/queue"
)

// Selection is results that are to be done again.
type Selection struct {
	// Of results of the source, Matched fit the conditions.
	Of, Matched int64
	// Spent is what the matched have cost when they were made: about what doing
	// them again will.
	Spent Spent
	// Before is the last sequence that was looked at.
	Before uint64
	// Unfinished: a redo with the same conditions and options goes on.
	Unfinished bool

	where []string
	by    map[[16]byte]end
}

// selectResults looks through the newest results of a source. Those that were stored
// behind before do not count, where it is not 0: a redo that goes on would else
// do again what it has done.
func (c *Config) selectResults(ctx context.Context, where Where, before uint64) (*Selection, error) {
	s := &Selection{by: map[[16]byte]end{}, Before: before, where: where.texts()}
	filter := queue.ResultFilter{Lane: c.lane(), Source: c.Run, Newest: true}
	newest := map[[16]byte]bool{}
	err := c.Conn.Results(ctx, filter, func(r queue.StoredResult) error {
		key, ok := keyOf(queue.Key(r.Result.JobID))
		if !ok {
			return nil
		}
		if !newest[key] {
			newest[key] = true
			s.Of++
		}
		if before == 0 {
			s.Before = max(s.Before, r.Sequence)
		}
		// A newer one can come behind the newest of the listing's begin.
		if was, found := s.by[key]; found && r.Sequence > was.sequence {
			delete(s.by, key)
		}
		if before > 0 && r.Sequence > before || !where.fits(r) {
			return nil
		}
		e := end{sequence: r.Sequence, revision: int32(r.Result.Revision)}
		copy(e.digest[:], r.Digest)
		s.by[key] = e
		s.Spent.add(queue.Ending{Status: r.Result.Status, Spending: queue.Spending{
			Calls: r.Result.Usage.Calls, TokensIn: r.Result.Usage.TokensIn, TokensOut: r.Result.Usage.TokensOut,
			Cost: r.Result.Usage.Cost, Currency: r.Result.Usage.Currency, CostKnown: r.Result.Usage.CostKnown,
		}})
		return nil
	})
	s.Matched = int64(len(s.by))
	return s, err
}

// Select prepares a redo: it looks which results of the source fit. Where a redo
// of the same conditions and options was stopped, it goes on with what is left.
func (c *Config) Select(ctx context.Context, where Where) (*Selection, error) {
	before := uint64(0)
	record, err := c.Conn.FindPass(ctx, c.pass(), c.Run)
	if err != nil && !errors.Is(err, queue.ErrNotFound) {
		return nil, err
	}
	unfinished := false
	if err == nil && record.State != queue.RunSent {
		wanted, err := c.written(where.texts())
		if err != nil {
			return nil, err
		}
		if unfinished = string(record.Recipe) == string(wanted); unfinished {
			before = record.Before
		}
	}
	s, err := c.selectResults(ctx, where, before)
	if s != nil {
		s.Unfinished = unfinished
	}
	return s, err
}

// again is a selected job as it is to be done once more: in the next revision,
// and by new calls where the work is the same as it was.
func (s *Selection) again(job queue.Job, key [16]byte) (queue.Job, bool) {
	e, selected := s.by[key]
	if !selected {
		return job, false
	}
	job.Revision = int(e.revision) + 1
	if e.isOf(job) {
		job.Options.Force = true
	}
	return job, true
}
