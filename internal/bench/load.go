package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/mujaz/mujaz/queue"
)

// articleBytes is the size of each article: that of the peers' measurements.
const articleBytes = 6 << 10

// Invented pieces that make sentences: who, what, and with what in mind.
var (
	speakers = []string{
		"وقال المهندس نادر الصفدي", "وأوضحت مديرة الهيئة ليان البستاني", "ورأى ممثل الصيادين عمران الساحلي", "وذكر عضو المجلس وائل الكروم",
		"وأضافت الباحثة جمانة الرملي", "وأشار رئيس النقابة هاني البحري", "وكتبت الصحيفة المحلية في افتتاحيتها",
	}
	claims = []string{
		"أن الأعمال في الرصيف الشمالي ستجري على مراحل", "أن حركة السفن لن تتوقف خلال فترة التوسعة", "أن مسارات الشاحنات ستنقل إلى الطريق الدائري",
		"أن العقود خضعت لمراجعة مستقلة قبل توقيعها", "أن مصانع تعليب الأسماك ستحصل على مخازن جديدة",
	}
	reasons = []string{
		"حتى لا يتضرر التجار الصغار في السوق القريبة.", "لأن سلامة العاملين تأتي قبل كل موعد.", "بعد أن طالب أهل المدينة بممرات آمنة إلى مناطق الصيد.",
		"وأن نتائج قياس الأثر البيئي ستنشر للناس كل شهر.", "مع أن التمويل من صندوق التنمية لم يكتمل بعد.", "وأن لجنة من السكان ستتابع العمل يوما بيوم.",
		"رغم اعتراض عدد من أصحاب القوارب على شكل الساحل الجديد.", "في مدينة يعتمد اقتصادها على البحر منذ أجيال.",
		"وهو ما رحبت به غرفة التجارة في بيان قصير.", "على أن تراجع الخطة إذا تغيرت حركة البضائع.", "من غير أن يذكر موعدا لانتهاء الأعمال.",
	}
)

// article is the n-th article of a load. No two have a paragraph in common.
func article(n int) queue.Article {
	var text strings.Builder
	fmt.Fprintf(&text, "أعلنت هيئة الموانئ في مدينة رأس النخيل بدء العمل في توسعة الرصيف الشمالي، وهي القضية رقم %d في سجل الهيئة.", 100_000+n)
	for i := n; text.Len() < articleBytes; i++ {
		// The three lists have lengths without a common divisor, so that a
		// sentence comes again only after all of them.
		if (i-n)%3 == 2 {
			text.WriteString("\n")
		} else {
			text.WriteString(" ")
		}
		text.WriteString(speakers[i%len(speakers)] + " " + claims[i%len(claims)] + "، " + reasons[i%len(reasons)])
	}
	return queue.Article{Title: "توسعة الرصيف الشمالي في رأس النخيل", Text: text.String()}
}

// preload queues the jobs and waits until all are stored.
func preload(ctx context.Context, conn *queue.Conn, jobs int) error {
	producer := queue.NewProducer(conn)
	pending := make([]*queue.Pending, 0, min(jobs, 1000))
	settle := func() error {
		for _, p := range pending {
			if _, err := p.Wait(ctx); err != nil {
				return err
			}
		}
		pending = pending[:0]
		return nil
	}
	for i := range jobs {
		p, err := producer.SubmitAsync(ctx, queue.Job{ID: fmt.Sprintf("bench-%d", i), Article: article(i)}, queue.Route{Source: "bench"})
		if err != nil {
			return err
		}
		if pending = append(pending, p); len(pending) == cap(pending) {
			if err := settle(); err != nil {
				return err
			}
		}
	}
	return settle()
}
