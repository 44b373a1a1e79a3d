"""Short news in many languages, made up for the tests: the same story of a harbour, told freely."""

TEXTS = {
    "de": "Die Stadtverwaltung hat die Öffnung des Hafens um einen Monat verschoben. „Wir haben"
    " noch nicht alle Schäden behoben“, sagte die Bürgermeisterin am Montag. Die"
    " Reparatur kostet rund 50.000 Euro, und die Fischer müssen weiter warten.",
    "fr": "La mairie a reporté d'un mois la réouverture du port. « Nous n'avons pas encore"
    " réparé tous les dégâts », a déclaré la maire lundi. Les travaux coûtent environ 50"
    " 000 euros et les pêcheurs doivent attendre encore.",
    "es": "El ayuntamiento ha aplazado un mes la reapertura del puerto. «Todavía no hemos"
    " reparado todos los daños», dijo la alcaldesa el lunes. Las obras cuestan unos"
    " 50.000 euros y los pescadores tienen que seguir esperando.",
    "it": "Il comune ha rinviato di un mese la riapertura del porto. «Non abbiamo ancora"
    " riparato tutti i danni», ha detto lunedì la sindaca. I lavori costano circa 50.000"
    " euro e i pescatori devono aspettare ancora.",
    "pt": "A câmara adiou por um mês a reabertura do porto. “Ainda não reparámos todos os"
    " danos”, disse a presidente na segunda-feira. As obras custam cerca de 50 mil euros"
    " e os pescadores têm de continuar à espera.",
    "nl": "De gemeente heeft de heropening van de haven een maand uitgesteld. ‘We hebben nog"
    " niet alle schade hersteld’, zei de burgemeester maandag. Het werk kost ongeveer"
    " 50.000 euro en de vissers moeten nog even wachten.",
    "sv": "Kommunen har skjutit upp öppnandet av hamnen en månad. ”Vi har ännu inte lagat alla"
    " skador”, sade borgmästaren på måndagen. Arbetet kostar omkring 50 000 euro och"
    " fiskarna måste fortsätta att vänta.",
    "pl": "Władze miasta przesunęły otwarcie portu o miesiąc. „Nie naprawiliśmy jeszcze"
    " wszystkich szkód”, powiedziała w poniedziałek burmistrz. Prace kosztują około 50"
    " tysięcy euro, a rybacy muszą dalej czekać.",
    "cs": "Město odložilo otevření přístavu o měsíc. „Ještě jsme neopravili všechny škody,“"
    " řekla v pondělí starostka. Práce stojí asi 50 tisíc eur a rybáři musí dál čekat,"
    " než budou moci vyplout.",
    "hu": "A város egy hónappal elhalasztotta a kikötő megnyitását. „Még nem javítottunk ki"
    " minden kárt” – mondta hétfőn a polgármester. A munka mintegy 50 ezer euróba kerül,"
    " a halászoknak pedig tovább kell várniuk.",
    "fi": "Kaupunki on lykännyt sataman avaamista kuukaudella. ”Emme ole vielä korjanneet"
    " kaikkia vaurioita”, pormestari sanoi maanantaina. Työ maksaa noin 50 000 euroa, ja"
    " kalastajien on yhä odotettava.",
    "tr": "Belediye limanın açılışını bir ay erteledi. Belediye başkanı pazartesi günü “Henüz"
    " bütün hasarı onaramadık” dedi. Çalışmalar yaklaşık 50 bin avroya mal oluyor ve"
    " balıkçılar beklemeye devam etmek zorunda.",
    "ro": "Primăria a amânat cu o lună redeschiderea portului. „Încă nu am reparat toate"
    " stricăciunile”, a spus luni primărița. Lucrările costă aproximativ 50.000 de euro,"
    " iar pescarii trebuie să mai aștepte.",
    "sr": "Gradska uprava je odložila otvaranje luke za mesec dana. „Još nismo popravili svu"
    " štetu“, rekla je gradonačelnica u ponedeljak. Radovi će koštati oko pedeset hiljada"
    " evra, a ribari moraju da čekaju, posle dugog vremena bez posla. Predsednik opštine"
    " veruje da je najvažnija bezbednost ljudi, i traži izveštaj pre sledeće sednice.",
    "hr": "Gradska uprava odgodila je otvaranje luke za mjesec dana. „Još nismo popravili svu"
    " štetu“, rekla je gradonačelnica u ponedjeljak. Radovi će koštati oko pedeset tisuća"
    " eura, a ribari moraju čekati, nakon dugog vremena bez posla. Predsjednik općine"
    " vjeruje da je najvažnija sigurnost ljudi, i traži izvješće prije sljedeće sjednice.",
    "bs": "Gradska uprava odgodila je otvaranje luke za mjesec dana. „Još nismo popravili svu"
    " štetu“, rekla je gradonačelnica u ponedjeljak. Radovi će koštati oko pedeset"
    " hiljada evra, a ribari moraju čekati. Predsjednik vjeruje da će evropska porodica"
    " pomoći, i traži izvještaj o bezbjednosti, saopštila je juče sudija.",
    "id": "Pemerintah kota menunda pembukaan kembali pelabuhan selama satu bulan. “Kami belum"
    " memperbaiki semua kerusakan,” kata wali kota pada hari Senin, karena pekerjaan itu menelan"
    " biaya sekitar 50.000 euro dan para nelayan harus terus menunggu.",
    "ms": "Majlis bandaraya menangguhkan pembukaan semula pelabuhan selama sebulan. “Kami belum"
    " membaiki semua kerosakan,” kata datuk bandar pada hari Isnin, kerana kerja itu menelan"
    " belanja kira-kira 50,000 euro dan para nelayan terpaksa terus menunggu.",
    "ru": "Городские власти отложили открытие порта на месяц. «Мы ещё не устранили все"
    " повреждения», — сказала в понедельник мэр. Работы стоят около 50 тысяч евро, и"
    " рыбакам придётся ждать дальше.",
    "bg": "Общината отложи отварянето на пристанището с един месец. „Все още не сме поправили"
    " всички щети“, каза в понеделник кметицата. Ремонтът струва около 50 хиляди евро, а"
    " рибарите трябва да чакат още.",
    "uk": "Міська влада відклала відкриття порту на місяць. «Ми ще не усунули всіх пошкоджень»,"
    " — сказала в понеділок мерка. Роботи коштують близько 50 тисяч євро, і рибалкам"
    " доведеться чекати.",
    "be": "Гарадскія ўлады адклалі адкрыццё порта на месяц. «Мы яшчэ не ліквідавалі ўсіх"
    " пашкоджанняў», — сказала ў панядзелак мэрка. Працы каштуюць каля 50 тысяч еўра, і"
    " рыбакам давядзецца чакаць.",
    "el": "Ο δήμος ανέβαλε για έναν μήνα το άνοιγμα του λιμανιού. «Δεν έχουμε ακόμη επισκευάσει"
    " όλες τις ζημιές», είπε τη Δευτέρα η δήμαρχος. Οι εργασίες κοστίζουν περίπου 50.000"
    " ευρώ.",
    "ar": "أجلت البلدية إعادة فتح الميناء شهرا كاملا. وقالت رئيسة البلدية يوم الاثنين: «لم نصلح"
    " بعد كل الأضرار». وتبلغ تكلفة الأعمال نحو خمسين ألف يورو وعلى الصيادين الانتظار.",
    "he": "העירייה דחתה בחודש את פתיחת הנמל מחדש. \"עדיין לא תיקנו את כל הנזקים\", אמרה ראשת העיר"
    " ביום שני. העבודות עולות כחמישים אלף אירו, והדייגים נאלצים להמתין.",
    "ja": "市は港の再開を一カ月延期した。市長は月曜日、「まだすべての損傷を修理していない」"
    "と述べた。工事にはおよそ5万ユーロがかかり、漁師たちは待たなければならない。",
    "zh": "市政府把港口重新开放的时间推迟了一个月。市长星期一说：“我们还没有修好所有的损坏"
    "。”工程耗资约五万欧元，渔民们还得继续等待。",
    "ko": "시는 항구 재개장을 한 달 연기했다. 시장은 월요일 “아직 모든 피해를 복구하지"
    " 못했다”고 말했다. 공사에는 약 5만 유로가 들며 어민들은 더 기다려야 한다.",
}  # fmt: skip

ENGLISH = (
    "The city has put off the reopening of the harbour by a month. “We have not repaired"
    " all the damage yet,” the mayor said on Monday. The work costs about 50,000 euros,"
    " and the fishermen have to go on waiting for the boats that were promised."
)
