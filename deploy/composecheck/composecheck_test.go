package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files of the project are good; what TestProblems plants into a copy must be found.
func TestProject(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), []string{"-dir", "../.."}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "worker") || !strings.Contains(out.String(), "ollama-pull") {
		t.Errorf("not all services were looked at:\n%s", out.String())
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, old, planted, want string }{
		{"unknown field", "docker-compose.yml", "read_only: true", "readonly: true", "readonly"},
		{"wrong type", "docker-compose.yml", "stop_grace_period: 90s", "stop_grace_period: soon", "soon"},
		{"missing dependency", "docker-compose.yml", "      ollama:\n        condition", "      olama:\n        condition", "olama"},
		{"missing volume", "docker-compose.yml", "  nats-data:\n  worker", "  worker", "nats-data"},
		{"floating tag", "docker-compose.yml", "nats:2.15.2-alpine", "nats:alpine", "not pinned"},
		{"open port", "docker-compose.yml", "127.0.0.1:4222:4222", "4222:4222", "beyond loopback"},
		{"missing mount", "docker-compose.yml", "./deploy/nats:", "./deploy/gnats:", "gnats, which is not there"},
		{"writable mount", "docker-compose.yml", "/etc/nats:ro", "/etc/nats", "nats writable"},
		{"short grace", "docker-compose.yml", "stop_grace_period: 90s", "stop_grace_period: 60s", "drain deadline"},
		{"capabilities", "docker-compose.yml", "tmpfs: [/tmp]\n    cap_drop: [ALL]", "tmpfs: [/tmp]", "keeps capabilities"},
		{"unknown variable", "docker-compose.yml", "      MUJAZ_MODEL:", "      MUJAZ_FLAVOUR:", "MUJAZ_FLAVOUR, which mujaz does not read"},
		{"key in the file", "docker-compose.yml", "${OPENAI_API_KEY:-}", "sk-1", "carries a value"},
		{"unknown instruction", "Dockerfile", "ENTRYPOINT", "ENTRYPONT", "ENTRYPONT"},
		{"unknown stage", "Dockerfile", "--from=build /out/mujaz", "--from=biuld /out/mujaz", "biuld:latest of Dockerfile is not pinned"},
		{"undeclared argument", "Dockerfile", "ARG REVISION=unknown\n", "", "UndefinedVar"},
		{"floating base", "Dockerfile", "ARG GO_VERSION=1.26.8", "ARG GO_VERSION=1", "not pinned"},
		{"shell form", "Dockerfile", `CMD ["worker"]`, "CMD worker", "JSONArgsRecommended"},
		{"casing", "Dockerfile", "AS build\n", "as build\n", "FromAsCasing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, "deploy", "nats"), os.DirFS("../nats")); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"docker-compose.yml", "Dockerfile"} {
				data, err := os.ReadFile(filepath.Join("../..", name))
				if err != nil {
					t.Fatal(err)
				}
				text := string(data)
				if name == tt.file {
					if !strings.Contains(text, tt.old) {
						t.Fatalf("%s no longer contains %q", name, tt.old)
					}
					text = strings.Replace(text, tt.old, tt.planted, 1)
				}
				write(t, filepath.Join(dir, name), text)
			}
			names := filepath.Join(dir, "names")
			write(t, names, "NATS_URL\nOPENAI_BASE_URL\nOPENAI_API_KEY\nMUJAZ_MODEL\nMUJAZ_NATS_INBOX_PREFIX\nMUJAZ_PROVISION\n")
			var out strings.Builder
			err := run(t.Context(), []string{"-dir", dir, "-env-names", names}, &out)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want one with %q", err, tt.want)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
