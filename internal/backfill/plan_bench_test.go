//go:build unix

package backfill_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/worker"
)

// BenchmarkPlan plans 100,000 invented articles of 2 to 6 kB, made as they are
// read (MUJAZ_BENCH_ROWS sets how many):
//
//	go test ./internal/backfill -run '^$' -bench Plan -benchtime 1x
func BenchmarkPlan(b *testing.B) {
	rows := 100_000
	if n, err := strconv.Atoi(os.Getenv("MUJAZ_BENCH_ROWS")); err == nil {
		rows = n
	}
	library, err := prompts.Load("")
	if err != nil {
		b.Fatal(err)
	}
	for _, model := range []string{"house-model", "gpt-4o"} {
		b.Run(model, func(b *testing.B) {
			before := cpuSeconds()
			for b.Loop() {
				reader, err := archive.Open([]string{"-"}, archive.Options{Format: archive.FormatJSONL, Stdin: gazette(rows)})
				if err != nil {
					b.Fatal(err)
				}
				s, err := backfill.Plan(b.Context(), reader, backfill.PlanConfig{
					Foresight: worker.Foresight{Prompts: library, Context: 128_000}, Model: model, Sample: 50,
				})
				if err != nil || s.Rows != int64(rows) || s.Articles != int64(rows) {
					b.Fatalf("%v: %d rows, %d articles", err, s.Rows, s.Articles)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			// What two cores to itself would take: the same on a busy machine.
			b.ReportMetric((cpuSeconds()-before)/2/float64(b.N), "s-of-two-cores")
			b.ReportMetric(peakMiB(), "peak-MiB")
		})
	}
}

// gazette writes rows as fast as they are read.
func gazette(rows int) io.Reader {
	r, w := io.Pipe()
	go func() {
		out := bufio.NewWriterSize(w, 1<<20)
		dice := rand.New(rand.NewPCG(1, 1))
		for i := range rows {
			line, err := json.Marshal(map[string]string{"id": fmt.Sprintf("gazette-%d", i), "title": sentence(dice), "text": invented(dice, 2<<10+dice.IntN(4<<10))})
			if err != nil {
				panic(err)
			}
			out.Write(append(line, '\n')) //nolint:errcheck // a bufio.Writer keeps its error for Flush
		}
		w.CloseWithError(out.Flush())
	}()
	return r
}

// invented is an article of so many bytes, of words that mean little together.
func invented(dice *rand.Rand, size int) string {
	var text strings.Builder
	for n := 1; text.Len() < size; n++ {
		text.WriteString(sentence(dice))
		if n%4 == 0 {
			text.WriteString(".\n")
		} else {
			text.WriteString(". ")
		}
	}
	return text.String()
}

func sentence(dice *rand.Rand) string {
	var words []string
	for range 7 + dice.IntN(9) {
		words = append(words, arabicWords[dice.IntN(len(arabicWords))])
	}
	return strings.Join(words, " ")
}

var arabicWords = strings.Fields("أعلنت بلدية مرسى الريحان افتتاح حدائق عامة جديدة على طول الواجهة البحرية بعد أعمال استمرت أشهرا وقالت رئيسة البلدية إن الزوار " +
	"سيدخلون مجانا طوال أيام الأسبوع وأضافت أن متطوعين من المدينة سيشرفون على رعاية الأشجار خلال الصيف المقبل بينما رأى الصيادون في الميناء أن المشروع " +
	"يحتاج إلى طرق أوسع ومواقف قريبة من السوق القديم وذكر المهندس نادر الصفدي أن التمويل جاء من صندوق محلي تشارك فيه النقابات والمدارس والجمعيات")

// cpuSeconds that the process has used, making the rows among them.
func cpuSeconds() float64 {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMiB is the most memory that the process has had, 0 where that is not told.
func peakMiB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := highWater.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0
	}
	return float64(kb) / 1024
}
