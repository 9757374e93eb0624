package collect

import (
	"slices"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
)

// StatusDead is the status of a record of a dead letter, beside those of results.
const StatusDead = queue.Status("dead")

// Record is what became of one job: exactly one of Stored and Dead is set.
type Record struct {
	Stored *queue.StoredResult
	Dead   *queue.DeadLetter
	Input  *Input // nil where no input was read
	// Source is the cleaned article, where the input was read for the page.
	Source *page.Source
}

// Input is the row that a record is of.
type Input struct {
	Row int64 `json:"row"` // from 1, over all inputs
	archive.Place
}

// Status of the result, or [StatusDead].
func (r Record) Status() queue.Status {
	if r.Dead != nil {
		return StatusDead
	}
	return r.Stored.Result.Status
}

// JobID of the job; empty for a dead letter whose job could not be read.
func (r Record) JobID() string {
	if r.Dead != nil {
		return r.Dead.JobID
	}
	return r.Stored.Result.JobID
}

// failed lists the names of the checks that failed, each once.
func failed(r queue.Result) []string { return checksWith(r, queue.VerdictFail) }

func checksWith(r queue.Result, verdict queue.Verdict) []string {
	var names []string
	for _, c := range r.Checks {
		if c.Verdict == verdict && !slices.Contains(names, c.Check) {
			names = append(names, c.Check)
		}
	}
	return names
}

// Writer writes records in one format. Close completes what the format demands
// at its end; the file below is the caller's.
type Writer interface {
	Write(Record) error
	Close() error
}
