package llm

import "time"

// traits is what the endpoint's refusals taught about a model and a schema.
// Learning only ever adds, so concurrent calls cannot undo each other.
type traits struct {
	rung            Rung // "" is RungSchema
	otherTokensName bool // the token limit goes by its other name
	noTemperature   bool
	noSeed          bool

	// A constrained format can hang a server that answers well without one
	// (vllm-project/vllm#44269). Nothing says so but the silence.
	answered bool      // a call with a constrained format came back
	hangs    int       // of such calls, each begun after the one before had hung
	lastHang time.Time // end of the last one
	plain    bool      // ask without a format
}

type traitsKey struct{ model, schema string }

// maxLearnt bounds the memory; models and schemas come from the settings, so
// only a mistake fills it, and forgetting costs one free refusal each.
const maxLearnt = 256

// maxHangs in a row, one after the other, are a server that cannot do it rather
// than one that is busy.
const maxHangs = 2

// startRung is the deeper of what was asked for and what was learnt.
func startRung(req Request, known traits) Rung {
	switch {
	case req.Schema == nil, known.plain:
		return RungText
	case req.Rung.depth() > known.rung.depth():
		return req.Rung
	case known.rung == "":
		return RungSchema
	}
	return known.rung
}

func (c *Client) traits(key traitsKey) traits {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.traitsLocked(key)
}

// traitsLocked begins with what the profile says of the model.
func (c *Client) traitsLocked(key traitsKey) traits {
	t, found := c.learnt[key]
	if p := c.cfg.Profile; !found && p != nil && p.Model == key.model && key.schema != "" {
		t.rung = p.Rung
	}
	return t
}

// learn stores what a refusal taught and reports whether the call is worth
// sending again: it is when it was sent without knowing that.
func (c *Client) learn(key traitsKey, what lesson, sent Rung, known traits) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.traitsLocked(key)
	switch what {
	case lessonNone:
		return false
	case lessonFormat:
		next, ok := sent.below()
		if !ok || key.schema == "" {
			return false
		}
		if next.depth() > t.rung.depth() {
			t.rung = next
		}
	case lessonTokensName:
		if known.otherTokensName {
			return false
		}
		t.otherTokensName = true
	case lessonTemperature:
		if known.noTemperature {
			return false
		}
		t.noTemperature = true
	case lessonSeed:
		if known.noSeed {
			return false
		}
		t.noSeed = true
	}
	if len(c.learnt) >= maxLearnt {
		clear(c.learnt)
	}
	c.learnt[key] = t
	return true
}

// noteHang counts calls with a constrained format that hang at an endpoint where
// none has ever come back, and then asks without one. If that hangs as well, the
// format is not to blame.
func (c *Client) noteHang(key traitsKey, rung Rung, began time.Time, f *failure) {
	hung := f != nil && f.hung
	t := c.traits(key)
	if key.schema == "" || !hung && (t.answered || rung == RungText || f != nil && f.Status == 0) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t = c.traitsLocked(key)
	switch {
	case !hung:
		t.answered, t.hangs = true, 0
	case rung == RungText:
		t.plain, t.hangs = false, 0
	case !t.answered && began.After(t.lastHang):
		t.hangs++
		t.lastHang = time.Now()
		t.plain = t.hangs >= maxHangs
	}
	if len(c.learnt) >= maxLearnt {
		clear(c.learnt)
	}
	c.learnt[key] = t
}
