package chaos

import "math/rand/v2"

// DrawKills is the schedule of the scenario kills.
func DrawKills(seed uint64, jobs int) []event {
	return killEvents(rand.New(rand.NewPCG(seed, 0)), jobs)
}
