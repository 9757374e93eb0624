package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ProfileVersion is that of the files written now. A file of another version is
// refused, and what it says is found out anew.
const ProfileVersion = 1

// Profile is what a look at an endpoint found about one model of it. It is a
// place to begin, never a limit: what the endpoint says later wins. The zero
// value of a field is "not known".
type Profile struct {
	Version  int       `json:"version"`
	Endpoint string    `json:"endpoint"` // Config.Label
	Model    string    `json:"model"`
	Made     time.Time `json:"made"`
	// Rung is the strictest way of asking for structured output that the
	// endpoint takes.
	Rung Rung `json:"rung,omitempty"`
	// SchemaEnforced: an answer against the schema cannot come.
	SchemaEnforced bool `json:"schema_enforced"`
	// UsageReported: token counts come with answers, and can be true.
	UsageReported bool `json:"usage_reported"`
	// ContextSize is in tokens, prompt and answer together.
	ContextSize int `json:"context_size,omitempty"`
	// ContextCut: longer prompts are cut silently instead of being refused.
	ContextCut bool `json:"context_cut"`
	// Parallel is the number of calls side by side beyond which nothing is won.
	Parallel int `json:"parallel,omitempty"`
	// ArabicPerToken and EnglishPerToken are characters (runes) of text a token.
	ArabicPerToken  float64 `json:"arabic_chars_per_token,omitempty"`
	EnglishPerToken float64 `json:"english_chars_per_token,omitempty"`
	// TokensPerSecond is the speed of one answer on an idle endpoint.
	TokensPerSecond float64 `json:"tokens_per_second,omitempty"`
}

// Limits of what a Profile may say; beyond them it is a broken file.
const (
	maxProfileBytes  = 64 << 10
	maxParallel      = 4096
	maxCharsPerToken = 50
	maxSpeed         = 1e6
)

// Validate reports all problems of the profile at once.
func (p Profile) Validate() error {
	var problems []error
	check := func(ok bool, problem string) {
		if !ok {
			problems = append(problems, errors.New(problem))
		}
	}
	within := func(f, limit float64) bool { return f >= 0 && f <= limit && !math.IsNaN(f) }
	if p.Version != ProfileVersion {
		return fmt.Errorf("profile: is of version %d, this mujaz reads %d; let `mujaz doctor --write-profile` make it anew", p.Version, ProfileVersion)
	}
	check(p.Endpoint != "" && p.Model != "", "profile: names no endpoint or no model")
	check(p.Rung == "" || p.Rung == RungSchema || p.Rung == RungObject || p.Rung == RungText, "profile: rung is none of json_schema, json_object, text")
	check(p.ContextSize >= 0 && p.ContextSize <= maxTokensReported, "profile: context_size is not believable")
	check(p.Parallel >= 0 && p.Parallel <= maxParallel, fmt.Sprintf("profile: parallel is not between 0 and %d", maxParallel))
	check(within(p.ArabicPerToken, maxCharsPerToken) && within(p.EnglishPerToken, maxCharsPerToken), "profile: characters per token are not believable")
	check(within(p.TokensPerSecond, maxSpeed), "profile: tokens_per_second is not believable")
	return errors.Join(problems...)
}

// Fits reports whether the profile is of this endpoint and model.
func (p Profile) Fits(label, model string) bool { return p.Endpoint == label && p.Model == model }

// ProfileFile names the file of an endpoint's model in a folder. Different
// endpoints and models have different files.
func ProfileFile(dir, label, model string) string {
	const longest = 80
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, label+"_"+model)
	sum := fnv.New32a()
	_, _ = io.WriteString(sum, label+"\x00"+model)
	return filepath.Join(dir, fmt.Sprintf("%s-%08x.json", plain[:min(len(plain), longest)], sum.Sum32()))
}

// LoadProfile reads a profile. The error is fs.ErrNotExist where there is none,
// else it says what is wrong with the file; a worker goes on without.
func LoadProfile(file string) (Profile, error) {
	f, err := os.Open(file)
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxProfileBytes+1))
	if err != nil {
		return Profile{}, fmt.Errorf("read profile: %w", err)
	}
	return parseProfile(file, data)
}

func parseProfile(file string, data []byte) (Profile, error) {
	var p Profile
	if len(data) > maxProfileBytes || json.Unmarshal(data, &p) != nil {
		return Profile{}, fmt.Errorf("read profile: %s is no profile; let `mujaz doctor --write-profile` make it anew", file)
	}
	if err := p.Validate(); err != nil {
		return Profile{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// Save writes the profile; a reader sees the old one or the new one, whole.
func (p Profile) Save(file string) error {
	if err := p.Validate(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".profile-*")
	if err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	_, err = temp.Write(append(data, '\n'))
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write profile: %w", errors.Join(err, os.Remove(temp.Name())))
	}
	return nil
}

// Profile is what is known of the endpoint from an earlier look; false when
// nothing is.
func (c *Client) Profile() (Profile, bool) {
	if c.cfg.Profile == nil {
		return Profile{}, false
	}
	return *c.cfg.Profile, true
}

// WithProfile is a client of the same endpoint, on the same connections, that
// begins with the profile and has learnt nothing yet. It takes the place of c.
// A profile that is not valid or of another endpoint is left aside.
func (c *Client) WithProfile(p Profile) *Client {
	out := &Client{
		cfg: c.cfg, vendor: c.vendor, http: c.http, extra: c.extra,
		completionTokens: c.completionTokens, learnt: map[traitsKey]traits{},
	}
	out.cfg.Profile = nil
	if p.Validate() == nil && p.Endpoint == c.cfg.Label {
		out.cfg.Profile = &p
	}
	return out
}
