package queue

import "slices"

// turns decides, in one worker, whose turn it is in a lane where several sources
// wait: that of the source which was served least. While it is that of the source
// at the head of the queue, the queue's own order is followed.
type turns struct {
	waiting []string          // sources with jobs in the queue
	served  map[string]int    // jobs of each since they began to take turns
	spent   map[string]bool   // had no job to be taken, until the next look
	next    map[string]uint64 // where in the queue to look for a source's next job
	head    string            // source of the last job that the queue gave
	behind  uint64            // what the queue has delivered: its jobs are not taken
	mixed   bool              // several sources had jobs, since the queue was last empty
}

const (
	// maxSources bounds what is looked through for each job. In a lane where more
	// of them wait, jobs come in the order in which they were queued.
	maxSources = 1000
	// headStart is how many jobs a source may be ahead of another. Where sources
	// come mixed the queue's order is fair enough, and costs nothing.
	headStart = 4
)

// contended reports whether sources take turns.
func (t *turns) contended() bool { return len(t.waiting) > 1 }

// look takes in which sources wait. One that is new has its turn at once, and
// none saves up turns from when it had nothing to do.
func (t *turns) look(waiting []string, delivered uint64) {
	if len(waiting) < 2 || len(waiting) > maxSources {
		*t = turns{head: t.head, mixed: t.mixed}
		return
	}
	served, next := map[string]int{}, map[string]uint64{}
	least := t.served[t.head] - headStart
	for _, source := range waiting {
		served[source] = max(least, t.served[source])
		if _, known := t.served[source]; !known && source != t.head {
			served[source] = least
		}
		next[source] = t.next[source]
	}
	served[t.head] = t.served[t.head]
	*t = turns{waiting: waiting, served: served, next: next, spent: map[string]bool{}, head: t.head, behind: max(t.behind, delivered), mixed: true}
}

// source is whose job to take out of turn, when queued jobs are about to be
// fetched in the queue's order; none while that order is fair.
func (t *turns) source(queued int) (source string, found bool) {
	if !t.contended() {
		return "", false
	}
	limit := t.served[t.head] + queued - headStart
	for _, s := range t.waiting {
		if s != t.head && !t.spent[s] && t.served[s] <= limit {
			source, found, limit = s, true, t.served[s]-1
		}
	}
	return source, found
}

// gave counts a job that the queue gave.
func (t *turns) gave(source string, sequence uint64) {
	if _, known := t.served[source]; !known && t.contended() {
		t.served[source] = t.served[t.head]
	}
	t.head, t.behind = source, max(t.behind, sequence)
	t.took(source)
}

// took counts a job.
func (t *turns) took(source string) {
	if t.contended() {
		t.served[source]++
	}
}

// from is the first sequence at which a job of a source may be taken.
func (t *turns) from(source string) uint64 { return max(t.next[source], t.behind+1) }

// over forgets all: whoever waits next begins anew.
func (t *turns) over() { *t = turns{} }

// unpaused leaves out the sources that are paused.
func (b *switchboard) unpaused(lane Lane, sources []string) []string {
	return slices.DeleteFunc(sources, func(source string) bool {
		return slices.ContainsFunc(*b.set.Load(), func(s Switch) bool {
			return s.Action == ActionPause && s.JobID == "" && s.Source == source && s.covers(lane, source, "")
		})
	})
}
