package main

import (
	"bufio"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/queue/queuetest"
	"github.com/mujaz/mujaz/worker"
)

var update = flag.Bool("update", false, "rewrite the golden help texts and the outputs in scripts")

// article is invented, long enough to be summarised.
const article = `أعلنت بلدية مرسى الريحان، يوم الخميس، افتتاح ثلاث حدائق عامة جديدة على طول الواجهة البحرية بعد أعمال استمرت تسعة أشهر.
وقالت رئيسة البلدية ليان الصفدي إن الحدائق ستستقبل الزوار مجاناً طوال أيام الأسبوع، وإن كلفة المشروع بلغت مليوني دينار.
وأضافت أن البلدية زرعت أربعة آلاف شجرة من أنواع تتحمل الملوحة، وأن فرقاً من المتطوعين ستشرف على رعايتها خلال الصيف المقبل.
`

func modelOf(t *testing.T) *kong.Kong {
	t.Helper()
	var root cli
	parser, err := newParser(&root, &program{lookup: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// leaves are all commands that can be run, by path.
func leaves(k *kong.Kong) map[string]*kong.Node {
	all := map[string]*kong.Node{}
	var walk func(*kong.Node)
	walk = func(n *kong.Node) {
		for _, child := range n.Children {
			if !child.Hidden {
				all[commandPath(child)] = child
				walk(child)
			}
		}
	}
	walk(k.Model.Node)
	return all
}

// TestHelp compares every help text with its golden file.
func TestHelp(t *testing.T) {
	t.Setenv("COLUMNS", "100") // kong reads it
	texts := map[string][]string{"mujaz": {"--help"}, "exit-codes": {"help", "exit-codes"}, "environment": {"help", "environment"}}
	for path := range leaves(modelOf(t)) {
		texts[strings.ReplaceAll(path, " ", "-")] = append(strings.Fields(path), "--help")
	}
	for name, args := range texts {
		code, stdout, stderr := mujaz(t, nil, args...)
		if code != 0 || stderr != "" {
			t.Errorf("mujaz %s: exit code %d\n%s", strings.Join(args, " "), code, stderr)
		}
		golden(t, filepath.Join("testdata", "help", name+".txt"), stdout)
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// TestEveryCommandHasExamples: a help text without one is half a help text.
func TestEveryCommandHasExamples(t *testing.T) {
	t.Parallel()
	for path, node := range leaves(modelOf(t)) {
		if !strings.Contains(node.Detail, "    ") || !strings.Contains(node.Detail, "mujaz") {
			t.Errorf("mujaz %s has no example in its help", path)
		}
	}
}

// TestEveryFlagHasAnEnvironmentVariable walks the grammar: each flag has one,
// and one variable means one thing.
func TestEveryFlagHasAnEnvironmentVariable(t *testing.T) {
	t.Parallel()
	meaning := map[string]string{}
	eachFlag(modelOf(t).Model.Node, func(node *kong.Node, flag *kong.Flag) {
		name := envName(node, flag)
		if name == "" {
			if flag.Name != "help" {
				t.Errorf("%s --%s has no environment variable", commandPath(node), flag.Name)
			}
			return
		}
		if !strings.HasPrefix(name, "MUJAZ_") && !slices.Contains([]string{"NATS_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY"}, name) {
			t.Errorf("%s --%s: the variable %s is not one of ours", commandPath(node), flag.Name, name)
		}
		if len(flag.Tag.Envs) > 0 {
			t.Errorf("--%s: kong must not read the environment itself; use the tag envar", flag.Name)
		}
		key := flag.Name
		if !shared(flag) {
			key = commandPath(node) + " " + flag.Name
		}
		if other, found := meaning[name]; found && other != key {
			t.Errorf("%s stands for both %q and %q", name, other, key)
		}
		meaning[name] = key
	})
	for _, name := range []string{"NATS_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY", "MUJAZ_MODEL", "MUJAZ_CONFIG", "MUJAZ_SLOTS", "MUJAZ_SUBMIT_LANE", "MUJAZ_DEAD_PURGE_YES"} {
		if meaning[name] == "" {
			t.Errorf("%s is not read", name)
		}
	}
}

// TestPrecedence: flags > environment > file > default, with the origin told.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "settings.yaml")
	if err := os.WriteFile(file, []byte("slots: 11\nattempts: 7\nmodel: from-file\nallowed-models: [a, b]\nprovision: false\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"MUJAZ_SLOTS": "22", "MUJAZ_MODEL": "from-env", "MUJAZ_CONFIG": file, "MUJAZ_GRACE": ""}
	code, stdout, stderr := mujaz(t, env, "config", "--model", "from-flag")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	got := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(stdout))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		got[fields[0]] = strings.Join(fields[1:], " ")
	}
	for name, want := range map[string]string{
		"model":          "from-flag --model",
		"slots":          "22 MUJAZ_SLOTS",
		"attempts":       "7 " + file + ":2",
		"allowed-models": "a, b " + file + ":4",
		"provision":      "false " + file + ":5",
		"grace":          "30s default",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestSecretsAreNeverPrinted runs what could print them, at the loudest.
func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	const config = `authorization { users [ { user: desk, password: "` + secretPassword + `" } ] }`
	nats := queuetest.StartWith(t, queuetest.Options{Config: config})
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	base := map[string]string{
		"NATS_URL": strings.Replace(nats.URL, "nats://", "nats://desk:"+secretPassword+"@", 1), "OPENAI_API_KEY": secretKey,
		"MUJAZ_HEADER": "X-Gateway-Key=" + secretHeader, "MUJAZ_MODEL": llmtest.ModelName, "MUJAZ_LOG_LEVEL": "debug",
		"MUJAZ_OLLAMA_URL": "off", "MUJAZ_LOCAL_MODEL": "off", "MUJAZ_HEALTH_LISTEN": "off",
	}
	endpoint := llmtest.Start(t, llmtest.Script{})
	// An endpoint that refuses the key and quotes it, as some do.
	rude := llmtest.Start(t, llmtest.Script{Steps: []llmtest.Step{{Status: 401, Body: `{"error":{"message":"Incorrect API key provided: ` + secretKey + `"}}`}}, RepeatLast: true})
	base["MUJAZ_JUDGE_MODEL"], base["MUJAZ_JUDGE_BASE_URL"], base["MUJAZ_JUDGE_API_KEY"] = "judge", rude.URL(), secretKey
	text := write("article.txt", article)
	badYAML := write("bad.yaml", "api-key: "+secretKey+"\nheader: "+secretHeader+"\nslots: [\n")
	badHeader := write("header.yaml", "header: "+secretHeader+"\n")
	with := func(more ...string) map[string]string {
		env := maps.Clone(base)
		env["OPENAI_BASE_URL"] = endpoint.URL()
		for i := 0; i+1 < len(more); i += 2 {
			env[more[i]] = more[i+1]
		}
		return env
	}
	scan := func(name string, outputs ...string) {
		t.Helper()
		for _, secret := range []string{secretKey, secretPassword, secretHeader} {
			for _, output := range outputs {
				if strings.Contains(output, secret) {
					t.Errorf("%s prints a secret:\n%s", name, output)
				}
			}
		}
	}
	worker := start(t, with(), "worker")
	queuetest.Eventually(t, "the worker has started", func() bool { return strings.Contains(worker.err.String(), "worker started") })
	for _, tt := range []struct {
		env  map[string]string
		args []string
		code int
	}{
		{with(), []string{"doctor"}, 0},
		{with("OPENAI_BASE_URL", rude.URL()), []string{"doctor"}, 1},
		{with(), []string{"submit", "--wait", text}, 0},
		{with(), []string{"config"}, 0},
		{with(), []string{"config", "--json"}, 0},
		{with(), []string{"status"}, 0},
		{with("OPENAI_BASE_URL", "http://user:"+secretPassword+"@127.0.0.1:1/v1"), []string{"worker"}, exitUsage},
		{with("OPENAI_BASE_URL", "http://user:"+secretPassword+"@127.0.0.1:1/v1"), []string{"config"}, 0},
		{with("NATS_URL", "nats://desk:"+secretPassword+"@127.0.0.1:1"), []string{"status"}, exitConnection},
		{with("NATS_URL", "nats://wrong:"+secretPassword+"@"+strings.TrimPrefix(nats.URL, "nats://")), []string{"status"}, exitConnection},
		{with("MUJAZ_CONFIG", badYAML), []string{"config"}, exitUsage},
		{with("MUJAZ_CONFIG", badHeader, "MUJAZ_HEADER", ""), []string{"config"}, exitUsage},
		{with("MUJAZ_HEADER", secretHeader), []string{"config"}, exitUsage},
		{with("OPENAI_BASE_URL", rude.URL()), []string{"demo", text}, exitConnection},
	} {
		code, stdout, stderr := mujaz(t, tt.env, tt.args...)
		if code != tt.code {
			t.Errorf("mujaz %s: exit code %d, want %d\n%s%s", strings.Join(tt.args, " "), code, tt.code, stdout, stderr)
		}
		scan("mujaz "+strings.Join(tt.args, " "), stdout, stderr)
	}
	worker.signals <- os.Interrupt
	if code := worker.wait(t); code != 0 {
		t.Errorf("worker: exit code %d\n%s", code, worker.err.String())
	}
	scan("mujaz worker", worker.out.String(), worker.err.String())
}

// TestDefaults holds the defaults that stand in tags to those of the packages.
func TestDefaults(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"attempts":        strconv.Itoa(worker.DefaultAttempts),
		"max-ack-pending": strconv.Itoa(queue.DefaultMaxAckPending),
	}
	node := leaves(modelOf(t))["worker"]
	for _, flag := range node.Flags {
		if w, found := want[flag.Name]; found && flag.Default != w {
			t.Errorf("--%s has the default %s, the package %s", flag.Name, flag.Default, w)
		}
	}
	var f topologyFlags
	parsed, err := kong.New(&f, defaults())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.Parse(nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(queue.Topology{}.WithDefaults(), f.topology()); diff != "" {
		t.Errorf("the topology's defaults (-package +flags):\n%s", diff)
	}
}
