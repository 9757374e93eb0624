package main

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/glossary"
)

func TestGlossaryCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	good := write("house.csv", "source,english\nوادي السرو,Wadi al-Sarw\n")
	article := write("article.txt", "زار الوزير وادي السرو.\n")
	summary := write("summary.txt", "The minister visited Wadi al-Sarw.\n")
	bad := write("bad.csv", "source,english,kind\nوادي السرو,,\nسد,Sadd,dam\n")
	// None of these needs a server.
	env := map[string]string{"NATS_URL": "nats://127.0.0.1:1", "MUJAZ_OLLAMA_URL": "off", "MUJAZ_LOCAL_MODEL": "off"}
	g, err := parseHouse(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		code   int
		args   []string
		stdout string
		stderr []string
	}{
		"good":       {0, []string{"glossary", "check", good}, good + ": entries: 1, digest: " + g.Digest() + "\n", nil},
		"good, JSON": {0, []string{"glossary", "check", good, "--json"}, `{"file":"` + good + `","entries":1,"digest":"` + g.Digest() + "\"}\n", nil},
		"bad":        {exitError, []string{"glossary", "check", bad}, "", []string{"line 2: english is empty\n  line 3: kind must be one of", "hint: `mujaz glossary --help`"}},
		"bad, JSON":  {exitError, []string{"glossary", "check", bad, "--json"}, `{"file":"` + bad + `","entries":0,"problems":[{"line":2,"message":"english is empty"},{"line":3,"message":"kind must be one of: person, place, organisation, other"}]}` + "\n", nil},
		"absent":     {exitUsage, []string{"glossary", "check", filepath.Join(dir, "absent.yaml")}, "", []string{"read glossary: open ", "hint: Name a file"}},
		"worker":     {exitUsage, []string{"worker", "--glossary", bad}, "", []string{"read glossary " + bad, "line 2: english is empty", "hint: Mend the file"}},
		"learn":      {exitUsage, []string{"glossary", "learn", "--glossary", bad}, "", []string{"read glossary " + bad}},
		"submit":     {exitUsage, []string{"submit", article, "--glossary", bad}, "", []string{"read glossary " + bad, "line 2: english is empty", "hint: Mend the file"}},
		"render":     {exitUsage, []string{"prompts", "render", article, "--glossary", bad}, "", []string{"read glossary " + bad}},
		"verify":     {exitUsage, []string{"verify", "--source", article, "--output", summary, "--glossary", bad}, "", []string{"read glossary " + bad}},
		"no minimum": {exitUsage, []string{"glossary", "learn", "--min", "0"}, "", []string{"--min must be at least 1", "hint: 1 proposes"}},
		"two ways":   {exitUsage, []string{"glossary", "learn", "--json", "--out", "x.yaml"}, "", []string{"--out writes YAML"}},
		"no server":  {exitConnection, []string{"glossary", "learn"}, "", []string{"127.0.0.1:1"}},
	} {
		code, stdout, stderr := mujaz(t, env, tc.args...)
		if code != tc.code || stdout != tc.stdout || tc.stderr == nil && stderr != "" {
			t.Errorf("%s: exit code %d, want %d\n%s%s", name, code, tc.code, stdout, stderr)
		}
		contains(t, stderr, tc.stderr...)
	}
}

// TestGlossaryOfJobs: the commands that take names for one article read the same
// files as a worker.
func TestGlossaryOfJobs(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a.csv":  "source,english,kind\nوادي السرو,Wadi al-Sarw,place\n",
		"b.yaml": "- {source: وادي السرو, english: Wadi al-Sarw}\n",
		"c.json": `{"وادي السرو": "Wadi al-Sarw"}`,
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readGlossary(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"وادي السرو": "Wadi al-Sarw"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestGlossaryLearn: from what people accepted, to a file that a worker takes.
func TestGlossaryLearn(t *testing.T) {
	t.Parallel()
	d := newReviewDesk(t, "a", "b", "c")
	_, stderr := d.run(t, 0, "glossary", "learn", "--min", "1")
	contains(t, stderr, "nothing to propose")
	d.run(t, 0, "review", "accept", "a")
	d.run(t, 0, "review", "reject", "b")
	// The person's spelling takes the place of the model's.
	edit := filepath.Join(t.TempDir(), "edit.json")
	if err := os.WriteFile(edit, []byte(`{"headline":"Marsa ar-Rihan opens parks","names":[{"source":"ليان الصفدي","english":"Layan al-Safadi","kind":"person"},{"source":"مرسى الرّيحان","english":"Marsa ar-Rihan","kind":"place"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d.run(t, 0, "review", "edit", "c", "--file", edit)

	stdout, _ := d.run(t, 0, "glossary", "learn", "--min", "2")
	contains(t, stdout, "from 2 results, 2 of them reviewed", "- source: ليان الصفدي\n  english: Layan al-Safadi\n  kind: person\n", "#   50 % (1):\n#- source: مرسى الريحان\n#  english: Marsa al-Rihan\n")
	stdout, _ = d.run(t, 0, "glossary", "learn", "--min", "1", "--json", "--source", "desk-c")
	if want := 2; strings.Count(stdout, "\n") != want {
		t.Errorf("want %d proposals:\n%s", want, stdout)
	}
	contains(t, stdout, `{"source":"مرسى الرّيحان","seen":1,"reviewed":1,"forms":[{"english":"Marsa ar-Rihan","kind":"place","seen":1,"share":1}]}`)
	for _, none := range [][]string{{"--lane", "backfill"}, {"--since", "2099-01-01"}, {"--min", "3"}} {
		_, stderr := d.run(t, 0, append([]string{"glossary", "learn"}, none...)...)
		contains(t, stderr, "nothing to propose")
	}

	// What was proposed is a glossary, is not proposed again, not overwritten,
	// and taken by a worker.
	file := filepath.Join(t.TempDir(), "proposed.yaml")
	_, stderr = d.run(t, 0, "glossary", "learn", "--min", "2", "--out", file)
	contains(t, stderr, "2 proposals are in "+file)
	_, stderr = d.run(t, exitError, "glossary", "learn", "--min", "2", "--out", file)
	contains(t, stderr, "is there already", "hint: Choose another name")
	stdout, _ = d.run(t, 0, "glossary", "learn", "--min", "2", "--glossary", file, "--json")
	if strings.Contains(stdout, "Layan") || !strings.Contains(stdout, "Marsa ar-Rihan") {
		t.Errorf("what is known is proposed, or what is not is missing:\n%s", stdout)
	}
	house, err := parseHouse(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]glossary.Entry{{Source: "ليان الصفدي", English: "Layan al-Safadi", Kind: "person", Line: 6}}, house.Entries()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	env := maps.Clone(d.env)
	env["MUJAZ_HEALTH_LISTEN"], env["MUJAZ_GLOSSARY"] = "off", file
	worker := start(t, env, "worker")
	stdout, _ = d.run(t, 0, "submit", "--wait", "--json", "--id", "again", d.article)
	contains(t, stdout, `"glossary_digest":"`+house.Digest()+`"`)
	worker.signals <- os.Interrupt
	if code := worker.wait(t); code != 0 {
		t.Errorf("worker: exit code %d\n%s", code, worker.err.String())
	}
}
