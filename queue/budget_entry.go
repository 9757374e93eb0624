package queue

import (
	"maps"
	"time"
)

// accountEntry is a budget as it is stored.
type accountEntry struct {
	Cap Amount `json:"cap"` // of who wrote last, for the reader of a status
	// Spent by workers that are gone.
	Spent   Amount          `json:"spent"`
	Workers map[string]part `json:"workers,omitzero"`
}

// part is one worker's of an account, in absolute sums.
type part struct {
	Spent    Amount `json:"spent"`
	Reserved Amount `json:"reserved,omitzero"`
	// Until is when the last of its calls has ended, in seconds of Unix time.
	Until int64 `json:"until,omitzero"`
}

// foldAfter is how long after its last call's end a worker's part is kept apart.
// It only keeps entries small: before and after, all of it counts against the cap.
const foldAfter = time.Hour

// fold books the parts of workers that are long silent as spent.
func (e *accountEntry) fold(self string, now time.Time) {
	for id, p := range e.Workers {
		if id != self && now.Unix() > p.Until+int64(foldAfter.Seconds()) {
			e.Spent += p.Spent + p.Reserved
			delete(e.Workers, id)
		}
	}
}

// sums of all parts but one. What a worker has reserved beyond the end of its
// last call is spent: the worker is dead, and nothing of it comes back.
func (e accountEntry) sums(without string, now time.Time) (spent, reserved Amount) {
	spent = e.Spent
	for id, p := range e.Workers {
		switch {
		case id == without:
		case now.Unix() > p.Until+int64(clockSkew.Seconds()):
			spent += p.Spent + p.Reserved
		default:
			spent += p.Spent
			reserved += p.Reserved
		}
	}
	return spent, reserved
}

// clockSkew between workers that NTP keeps is far smaller. Nothing but the wait
// for a dead worker's reservations depends on it: they count either way.
const clockSkew = 2 * time.Second

// with is the entry with a worker's part in it.
func (e accountEntry) with(self string, p part, limit Amount, now time.Time) accountEntry {
	next := accountEntry{Cap: limit, Spent: e.Spent, Workers: make(map[string]part, len(e.Workers)+1)}
	maps.Copy(next.Workers, e.Workers)
	next.Workers[self] = p
	next.fold(self, now)
	return next
}
