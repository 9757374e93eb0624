package llm_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
)

// paragraph is invented; forty of them make an article of some 10 kB.
const paragraph = "قال المتحدث باسم ميناء الواحة إن القوارب عادت \"سالمة\" قبل الظهر، وإن التجار يتوقعون موسما جيدا هذا العام، وأضاف أن الممشى الجديد سيفتح قريبا.\n"

func benchRequest(b *testing.B) llm.Request {
	req := request(b)
	req.Messages[1].Content = strings.Repeat(paragraph, 40)
	return req
}

// reportCPU adds the processor time of the whole process per operation: on a
// shared machine the wall clock says little.
func reportCPU(b *testing.B) {
	b.Helper()
	before := cpuTime(b)
	b.Cleanup(func() {
		b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N), "cpu-ns/op")
	})
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkComplete measures client and endpoint together, 64 calls in flight.
func BenchmarkComplete(b *testing.B) {
	server := llmtest.Start(b, llmtest.Script{})
	client := newClient(b, server.URL(), nil)
	req := benchRequest(b)
	b.ReportAllocs()
	b.SetParallelism(32)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.Complete(b.Context(), req); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkCompleteClient measures the client's side alone: the endpoint is a
// goroutine that discards bytes and writes one canned answer.
func BenchmarkCompleteClient(b *testing.B) {
	server := llmtest.Start(b, llmtest.Script{})
	client := newClient(b, server.URL(), nil)
	req := benchRequest(b)
	answer, err := client.Complete(b.Context(), req)
	if err != nil {
		b.Fatal(err)
	}
	client = newClient(b, canned(b, answer.Content), nil)
	b.ReportAllocs()
	b.ResetTimer()
	b.SetParallelism(32)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.Complete(b.Context(), req); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// canned answers every request on a connection with the same bytes, as soon as
// the bytes that its header announces have arrived.
func canned(b *testing.B, content string) string {
	b.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		b.Fatal(err)
	}
	body := `{"id":"x","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":` + string(text) + `},"finish_reason":"stop"}],"usage":{"prompt_tokens":2000,"completion_tokens":90,"total_tokens":2090}}`
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
	ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			group.Go(func() { serveCanned(conn, answer) })
		}
	})
	b.Cleanup(func() {
		_ = ln.Close()
		group.Wait()
	})
	return "http://" + ln.Addr().String() + "/v1"
}

func serveCanned(conn net.Conn, answer []byte) {
	defer conn.Close()
	buf := make([]byte, 64<<10)
	have := 0
	for {
		n, err := conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		end := bytes.Index(buf[:have], []byte("\r\n\r\n"))
		if end < 0 {
			continue
		}
		_, length, _ := bytes.Cut(buf[:end], []byte("Content-Length: "))
		length, _, _ = bytes.Cut(length, []byte("\r"))
		size, err := strconv.Atoi(string(length))
		if err != nil || have < end+4+size {
			continue
		}
		have = 0
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}

// BenchmarkEndpoint measures the stand-in endpoint behind the plainest client.
func BenchmarkEndpoint(b *testing.B) {
	server := llmtest.Start(b, llmtest.Script{})
	body, err := json.Marshal(map[string]any{
		"model":    "m",
		"messages": []map[string]string{{"role": "user", "content": strings.Repeat(paragraph, 40)}},
	})
	if err != nil {
		b.Fatal(err)
	}
	addr := strings.TrimSuffix(strings.TrimPrefix(server.URL(), "http://"), "/v1")
	raw := append([]byte("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"), body...)
	b.SetParallelism(32)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", addr)
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		buf := make([]byte, 64<<10)
		for pb.Next() {
			if _, err := conn.Write(raw); err != nil {
				b.Error(err)
				return
			}
			for n := 0; n == 0 || buf[n-1] != '}'; {
				if n, err = conn.Read(buf); err != nil {
					b.Error(err)
					return
				}
			}
		}
	})
}

// BenchmarkPlainPost is what net/http alone costs for the same bytes.
func BenchmarkPlainPost(b *testing.B) {
	url := canned(b, "{}") + "/chat/completions"
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64, DisableCompression: true}}
	b.Cleanup(client.CloseIdleConnections)
	body := `{"m":"` + strings.Repeat("x", 11000) + `"}`
	b.ReportAllocs()
	b.SetParallelism(32)
	reportCPU(b)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	})
}
