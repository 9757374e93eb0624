package clean

import (
	"strings"
	"sync"
)

// place says where a phrase counts.
type place uint8

const (
	whole     place = iota // the line is the phrase, anywhere
	wholeEnd               // the line is the phrase, before or after the body
	opens                  // the line begins with the phrase, anywhere
	opensEnd               // the line begins with the phrase, before or after the body
	holdsEnd               // the line holds the phrase, before or after the body
	labels                 // the line begins with the phrase and a colon or dash, anywhere
	labelsEnd              // the same, before or after the body
)

// rule is one family of phrases.
type rule struct {
	kind  Kind
	place place
	words int // the longest line, in words, that the phrases may take out
	list  string
}

// rules are the phrases, separated by "|". They are compared after Normalize and without
// punctuation, so أنشئ and انشىء, "Read more:" and "READ MORE" are one. A phrase that opens a
// sentence of news ("شارك في", "subscribe to the view") must not be here: the imperative with its
// object ("اشترك في النشرة", "share this article") is what tells a prompt.
var rules = []rule{
	{KindSubscribe, whole, 8, "اشترك|اشترك الان|اشترك معنا|لم تشترك بعد|الاشتراك|اشتراك|سجل الان|سجل الدخول|تسجيل الدخول|تسجيل دخول|دخول|انشاء حساب|انشئ حسابا|انشئ حسابا جديدا|حساب جديد|النشرة البريدية|نشرتنا البريدية|القائمة البريدية|تابعونا|تابعنا|تابعنا على|تابعونا على|حمل التطبيق|حمل تطبيقنا|" +
		"subscribe|subscribe now|subscribe here|subscribe today|sign up|sign in|log in|login|register|register now|newsletter|newsletters|follow us|join us|not subscribed yet|already a subscriber|create account|create an account|download our app|get the app|my account|" +
		"s abonner|je m abonne|abonnez vous|se connecter|connexion|s inscrire|inscription|suivez nous|newsletters|suscribete|suscribirse|iniciar sesion|registrate|siguenos|abonnieren|anmelden|jetzt abonnieren|registrieren|einloggen|folgen sie uns|abone ol|giris yap|uye ol|bizi takip edin|عضویت|ورود|ثبت نام|خبرنامه|ما را دنبال کنید"},
	{KindSubscribe, opens, 30, "لم تشترك بعد|اشترك في نشرتنا|اشترك في النشرة|اشترك في قناتنا|اشتركوا في قناتنا|اشتركوا في نشرتنا|اشترك بنشرتنا|اشترك الان في|للاشتراك في نشرتنا|للاشتراك في النشرة|للاشتراك في خدمة|سجل دخولك|انضم الى قناتنا|انضموا الى قناتنا|انضم لقناتنا|تابعوا صفحتنا|تابع صفحتنا|تابعوا قناتنا|تابع قناتنا|حمل تطبيقنا|حملوا تطبيقنا|يمكنكم متابعتنا|تابعوا آخر الأخبار|تابع آخر الأخبار|تابعوا اخر اخبار|" +
		"subscribe to our|sign up for our|sign up to our|sign up here|get our newsletter|join our newsletter|join our whatsapp|join our telegram|follow us on|like us on|download our app|already a subscriber|not a subscriber|don t have an account|already have an account|have an account|" +
		"inscrivez vous a notre|abonnez vous a|recevez notre newsletter|suivez nous sur|suscribete a|registrate para|siguenos en|abonnieren sie|melden sie sich|folgen sie uns|bultenimize abone|bizi takip edin|در خبرنامه ما|ما را در تلگرام|کانال ما را"},
	{KindSubscribe, opensEnd, 35, "انشئ حسابا|انشىء حسابا|انشي حسابا|انشئ حسابك|سجل الدخول الى حسابك|سجل الدخول لمتابعة|سجل الدخول للتعليق|سجل الدخول لقراءة|سجل الدخول لحفظ|سجل الان|سجل بريدك|ادخل بريدك|اشترك معنا|اشترك لتصلك|اشترك ليصلك|اشترك مجانا|تابعنا على|تابعونا على|تابعونا عبر|تابعنا عبر|حمل التطبيق|حملوا التطبيق|انضم الينا|انضموا الينا|لتلقي آخر الأخبار|لتصلك آخر الأخبار|احصل على آخر الأخبار|تصلك اهم الاخبار|ليصلك كل جديد|لمتابعة آخر الأخبار|" +
		"create an account|create a free account|create your free account|sign up for|log in to|login to|sign in to|register to|register for free|enter your email|your email address|get the latest news|get breaking news|stay up to date|receive our|want more stories|download the app|for more news|for the latest|subscribe for|subscribe to|subscribe and|connect with us|" +
		"creez un compte|creez votre compte|connectez vous|votre adresse email|crea una cuenta|crea tu cuenta|inicia sesion|recibe en tu correo|erstellen sie ein konto|ihre e mail|hesap olusturun|e posta adresiniz"},
	{KindPaywall, opens, 40, "هذا المحتوى للمشتركين|هذا المقال للمشتركين|هذه المقالة للمشتركين|المحتوى حصري للمشتركين|للمشتركين فقط|اشترك لقراءة|اشترك لمواصلة|اشترك لتقرا|لقراءة المقال كاملا اشترك|لمتابعة القراءة اشترك|لمواصلة القراءة|لقراءة بقية المقال|لقراءة المقال كاملا|" +
		"this article is for subscribers|this content is for subscribers|this story is for subscribers|this article is only available to|this content is only available to|subscribe to read|subscribe to continue|to continue reading|to read the full|to read this article|you have reached your limit|you have reached your article limit|continue reading with|already a subscriber log in|subscribers only|for subscribers only|register to continue reading|unlock this article|" +
		"cet article est reserve aux abonnes|article reserve aux abonnes|reserve aux abonnes|la suite est reservee|il vous reste|este contenido es exclusivo|contenido exclusivo para suscriptores|articulo solo para suscriptores|solo para suscriptores|weiterlesen mit|dieser artikel ist nur fur|nur fur abonnenten|bu icerik abonelere|abonelere ozel|ویژه مشترکان"},
	{KindShare, whole, 8, "شارك|شاركها|مشاركة|مشاركه|شارك المقال|شارك الخبر|شارك هذا المقال|شارك هذا الخبر|شارك هذه القصة|شارك القصة|شارك الموضوع|شارك على|شارك عبر|مشاركة المقال|مشاركة الخبر|مشاركة عبر|مشاركة على|شاركها على|نسخ الرابط|انسخ الرابط|تم نسخ الرابط|رابط مختصر|ارسل الى صديق|ارسل لصديق|حفظ|" +
		"share|share this|share this article|share this story|share this post|share article|share on|share via|share with friends|copy link|link copied|copy url|tweet|tweet this|pin it|email this|send to a friend|save article|" +
		"partager|partager l article|partager sur|copier le lien|compartir|comparte|compartir en|copiar enlace|copiar link|teilen|artikel teilen|link kopieren|paylas|haberi paylas|linki kopyala|اشتراک گذاری|به اشتراک بگذارید|کپی لینک"},
	{KindShare, opens, 9, "شارك على فيسبوك|شارك على تويتر|شارك على واتساب|شارك عبر واتساب|شارك عبر فيسبوك|مشاركة على فيسبوك|مشاركة عبر|انقر للمشاركة|اضغط للمشاركة|شارك هذا المقال|شارك هذا الخبر|شارك الخبر مع|شارك المقال مع|share on facebook|share on twitter|share on x|share on whatsapp|share on linkedin|share via email|share this article|share this story|share this with|click to share|partager sur|partager cet article|compartir en|comparte esta noticia|auf facebook teilen|facebook ta paylas"},
	{KindCookies, opens, 60, "نستخدم ملفات تعريف الارتباط|نحن نستخدم ملفات تعريف|يستخدم هذا الموقع ملفات تعريف|يستخدم موقعنا ملفات تعريف|هذا الموقع يستخدم ملفات تعريف|موقعنا يستخدم ملفات تعريف|باستمرارك في تصفح|باستخدامك لهذا الموقع|باستخدامك هذا الموقع|بالضغط على موافق|نستخدم الكوكيز|نستعمل ملفات تعريف الارتباط|" +
		"we use cookies|we and our partners|this site uses cookies|this website uses cookies|our site uses cookies|our website uses cookies|by continuing to use|by clicking accept|by using this site|we value your privacy|" +
		"ce site utilise des cookies|nous utilisons des cookies|en poursuivant votre navigation|utilizamos cookies|este sitio utiliza cookies|este sitio web utiliza cookies|wir verwenden cookies|diese website verwendet cookies|bu site cerez|sitemizde cerez|این سایت از کوکی|ما از کوکی"},
	{KindCookies, whole, 8, "ملفات تعريف الارتباط|موافق|اوافق|قبول|قبول الكل|رفض الكل|ادارة الخيارات|سياسة ملفات تعريف الارتباط|accept|accept all|accept cookies|accept all cookies|reject all|manage cookies|manage options|cookie policy|cookie settings|i agree|tout accepter|accepter|aceptar|aceptar todo|akzeptieren|alle akzeptieren|kabul et"},
	{KindRelated, whole, 8, "اقرأ أيضا|اقرا ايضا|إقرأ أيضا|اقرأ المزيد|اقرأ كذلك|للمزيد|المزيد|المزيد من الأخبار|المزيد حول|مواضيع ذات صلة|موضوعات ذات صلة|مقالات ذات صلة|اخبار ذات صلة|أخبار متعلقة|مواضيع متعلقة|موضوعات متعلقة|ذات صلة|قد يهمك|قد يهمك أيضا|قد يعجبك|قد يعجبك ايضا|شاهد أيضا|تابع أيضا|اخترنا لكم|اخترنا لك|الأكثر قراءة|الاكثر قراءة|الاكثر مشاهدة|الأكثر تداولا|اخر الاخبار|آخر الأخبار|احدث الاخبار|أخبار أخرى|مقالات مشابهة|اقرأ في الموقع|تصفح أيضا|" +
		"read more|read also|also read|see also|more on this story|related|related articles|related stories|related news|related topics|related posts|related content|recommended|recommended for you|recommended stories|you may also like|you might also like|you may like|more from|more stories|most read|most popular|trending|trending now|latest news|top stories|more news|what to read next|read next|up next|don t miss|editors picks|" +
		"a lire aussi|lire aussi|lire la suite|articles lies|sur le meme sujet|voir aussi|les plus lus|lee tambien|lea tambien|leer mas|te puede interesar|noticias relacionadas|mas noticias|mas leidas|ver tambien|lesen sie auch|mehr zum thema|auch interessant|weiterlesen|meistgelesen|ilgili haberler|ilgili haber|bunlar da ilginizi cekebilir|cok okunanlar|بیشتر بخوانید|مطالب مرتبط|اخبار مرتبط|پربازدیدترین|خبرهای مرتبط|بخوانید"},
	{KindRelated, opens, 25, "اقرأ أيضا|اقرأ ايضا|إقرأ ايضا|اقرا كذلك|اقرأ المزيد|اقرؤوا أيضا|شاهد أيضا|شاهدوا أيضا|قد يهمك أيضا|قد يعجبك أيضا|طالع أيضا|تابع أيضا|مواضيع ذات صلة|موضوعات ذات صلة|مقالات ذات صلة|اخبار ذات صلة|" +
		"read also|also read|related articles|related stories|related news|related story|you may also like|you might also like|a lire aussi|lire aussi|lee tambien|lea tambien|te puede interesar|lesen sie auch|mehr zum thema|auch interessant|ilgili haber|بیشتر بخوانید|همچنین بخوانید"},
	{KindCredit, wholeEnd, 6, "رويترز|ا ف ب|أ ف ب|فرانس برس|د ب ا|ا ب|اسوشيتد برس|وكالات|الوكالات|المصدر وكالات|غيتي|غيتي ايميجز|reuters|afp|ap|associated press|agencies|getty images|afp getty images|via getty images|dpa|anadolu"},
	{KindCredit, opensEnd, 10, "مصدر الصورة|صورة من الارشيف|حقوق الصورة|photo by|photo credit|image credit|image source|photo courtesy|credit photo|credits photo|photographed by"},
	{KindCredit, labels, 10, "credits photos|credit photo|تصوير|مصدر الصورة|حقوق الصورة|photo|photograph|image|picture|foto|bild|fotograf|عکس"},
	{KindCredit, labelsEnd, 10, "المصدر|نقلا عن|صورة|source|sources|credit|quelle|kaynak|fuente|منبع"},
	{KindRelated, labels, 25, "le puede interesar|puedes ver|puede ver|veja tambem|leia tambem|leia mais|lee mas|للمزيد|المزيد|اقرأ|طالع|شاهد|تابع|read more|read|more|related|see also|watch|watch also|lire|voir aussi|leer mas|ver tambien|siehe auch|haberin devami"},
	{KindAd, whole, 4, "اعلان|إعلانات|اعلان مدفوع|مساحة اعلانية|advertisement|advertisements|advertising|ad|ads|sponsored|sponsored content|promoted|story continues below advertisement|article continues below advertisement|article continues after ad|publicite|publicidad|anzeige|werbung|reklam|آگهی|تبلیغات"},
	{KindComments, whole, 6, "التعليقات|تعليقات|تعليق|اضف تعليقا|أضف تعليق|اضف تعليقك|اكتب تعليقا|اترك تعليقا|اترك ردا|لا توجد تعليقات|التعليقات مغلقة|عرض التعليقات|comments|comment|leave a comment|leave a reply|add a comment|post a comment|no comments|no comments yet|view comments|show comments|comments are closed|join the conversation|commentaires|laisser un commentaire|comentarios|deja un comentario|kommentare|kommentar schreiben|yorumlar|yorum yap|yorum yaz|نظرات|نظر شما|ارسال نظر"},
	{KindComments, opensEnd, 25, "لن يتم نشر عنوان بريدك|البريد الالكتروني لن ينشر|عنوان بريدك الالكتروني لن|الحقول الالزامية|التعليقات لا تعبر|الاراء الواردة في التعليقات|your email address will not|required fields are marked|save my name|you must be logged in|votre adresse e mail ne sera|tu direccion de correo|deine e mail adresse wird"},
	{KindNotice, holdsEnd, 30, "جميع الحقوق محفوظة|كافة الحقوق محفوظة|كل الحقوق محفوظة|حقوق النشر محفوظة|حقوق الطبع محفوظة|حقوق النشر والطبع محفوظة|تمثل راي كتابها|تعبر عن راي كاتبها|يعبر عن راي كاتبه|تعبر عن رأي صاحبها|لا يعبر بالضرورة عن|لا تعبر بالضرورة عن|لا تعكس بالضرورة|لا تعبر عن راي موقع|" +
		"all rights reserved|tous droits reserves|todos los derechos reservados|alle rechte vorbehalten|tum haklari saklidir|تمامی حقوق|do not necessarily reflect|do not necessarily represent|this material may not be published"},
	{KindNotice, whole, 6, "سياسة الخصوصية|شروط الاستخدام|الشروط والاحكام|اتصل بنا|من نحن|اعلن معنا|privacy policy|terms of use|terms of service|terms and conditions|contact us|about us|advertise with us|mentions legales|politica de privacidad|aviso legal|datenschutz|impressum|gizlilik politikasi|kunye"},
	{KindNotice, opensEnd, 15, "copyright|حقوق النشر|© "},
	{KindTags, labelsEnd, 40, "كلمات مفتاحية|الكلمات المفتاحية|كلمات دلالية|الكلمات الدلالية|الوسوم|وسوم|تاغز|هاشتاغ|tags|tagged|keywords|filed under|mots cles|etiquetas|schlagworte|etiketler|برچسب ها|کلیدواژه"},
	{KindDate, opensEnd, 14, "نشر في|نشرت في|نشر بتاريخ|تاريخ النشر|تم النشر|اخر تحديث|آخر تعديل|تم التحديث|تاريخ التحديث|published|published on|posted on|posted|last updated|last modified|updated|updated on|first published|publie le|mis a jour|publicado|actualizado|veroffentlicht|aktualisiert|yayinlanma|guncelleme|تاریخ انتشار"},
	{KindDate, holdsEnd, 14, "اخر تحديث"},
	{KindComments, holdsEnd, 60, "مراجعة التعليقات قبل نشرها"},
	{KindNavigation, whole, 6, "الرئيسية|القائمة|الصفحة الرئيسية|طباعة|اطبع|حجم الخط|العودة الى الاعلى|العودة للاعلى|الى الاعلى|التالي|السابق|الخبر التالي|الخبر السابق|المقال التالي|المقال السابق|بحث|تخطى الى المحتوى|انتقل الى المحتوى|استمع|استمع الى المقال|استمع للمقال|" +
		"home|menu|search|print|print this|font size|back to top|top|next|previous|next article|previous article|skip to content|skip to main content|listen|listen to this article|toggle navigation|close|accueil|imprimer|inicio|imprimir|startseite|drucken|nach oben|anasayfa|yazdir|خانه|چاپ"},
	{KindNavigation, opensEnd, 8, "الرئيسية|الصفحة الرئيسية|حجم الخط|استمع الى المقال|استمع للمقال|استمع الى الخبر|استمع للخبر|listen to this article|وقت القراءة|مدة القراءة|زمن القراءة|reading time|estimated reading time|temps de lecture|tiempo de lectura|lesezeit|okuma suresi|زمان مطالعه"},
	{KindNavigation, holdsEnd, 5, "دقائق قراءة|دقيقة قراءة|دقيقة للقراءة|دقائق للقراءة|min read|minute read|minutes read|min de lecture|min de lectura|min lesezeit"},
	{KindByline, labelsEnd, 10, "كتب|كتبت|بقلم|اعداد|تحرير|تقرير|كتبه|كتبها|بواسطة|المحرر|الكاتب|by|author|reporter|par|por|von|autor|yazan|نویسنده|گزارش"},
	{KindByline, opensEnd, 7, "بقلم|written by|reported by|story by|reporting by|editing by|by|par|por|von"},
}

// platforms are the words that share bars and follow bars consist of.
const platforms = "فيسبوك|فايسبوك|تويتر|إكس|واتساب|واتس|اب|تلغرام|تيليجرام|تلجرام|تليغرام|تيليغرام|انستغرام|إنستجرام|انستقرام|لينكدإن|لينكد|إن|يوتيوب|سناب|شات|تيك|توك|تيكتوك|بريد|البريد|الإلكتروني|الكتروني|ايميل|طباعة|نسخ|الرابط|رابط|مسنجر|ماسنجر|بينتريست|" +
	"facebook|twitter|x|whatsapp|telegram|instagram|linkedin|youtube|snapchat|tiktok|email|e|mail|print|copy|link|messenger|pinterest|reddit|tumblr|viber|skype|line|vk|threads|bluesky|mastodon|flipboard|rss|share|tweet|شارك|مشاركة|على|عبر|on|via|واتس‌اپ|تلگرام|ایمیل"

// connecting platform words mean nothing alone: a bar needs one real name.
const connecting = "اب|إن|شات|توك|على|عبر|on|via|e|line|x|link|رابط|الرابط|copy|نسخ|email|mail|بريد|البريد|الإلكتروني|الكتروني|print|طباعة"

// phrase is a compiled phrase.
type phrase struct {
	text  string
	kind  Kind
	place place
	words int
}

// lexicon finds phrases by their first word.
type lexicon struct {
	byFirst    map[string][]phrase
	platforms  map[string]bool
	connecting map[string]bool
}

var loadLexicon = sync.OnceValue(func() *lexicon {
	l := &lexicon{byFirst: make(map[string][]phrase, 700), platforms: map[string]bool{}, connecting: map[string]bool{}}
	for _, r := range rules {
		for text := range strings.SplitSeq(r.list, "|") {
			key := string(appendKey(nil, text))
			if key == "" {
				continue
			}
			first, _, _ := strings.Cut(key, " ")
			l.byFirst[first] = append(l.byFirst[first], phrase{key, r.kind, r.place, r.words})
		}
	}
	for word := range strings.SplitSeq(platforms, "|") {
		l.platforms[string(appendKey(nil, word))] = true
	}
	for word := range strings.SplitSeq(connecting, "|") {
		l.connecting[string(appendKey(nil, word))] = true
	}
	return l
})
