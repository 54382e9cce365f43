import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agreements", "0002_locked_when_sealed"),
        ("places", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=60, unique=True)),
                ("producer", models.CharField(max_length=160, verbose_name="producent")),
                ("producer_en", models.CharField(blank=True, max_length=160, verbose_name="producent på engelsk")),
                ("title", models.CharField(max_length=200, verbose_name="titel")),
                ("title_en", models.CharField(blank=True, max_length=200, verbose_name="titel på engelsk")),
                ("method", models.TextField(verbose_name="metode")),
                ("method_en", models.TextField(blank=True, verbose_name="metode på engelsk")),
                ("limits", models.TextField(verbose_name="hvad den ikke kan sige")),
                ("limits_en", models.TextField(blank=True, verbose_name="hvad den ikke kan sige, på engelsk")),
                ("attribution", models.CharField(max_length=300, verbose_name="kildeangivelse")),
                (
                    "counted",
                    models.CharField(
                        choices=[
                            ("full", "alle er talt med"),
                            ("sample", "en stikprøve"),
                            ("outside", "offentliggjort af andre"),
                        ],
                        max_length=10,
                        verbose_name="optælling",
                    ),
                ),
            ],
            options={
                "verbose_name": "kilde",
                "verbose_name_plural": "kilder",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20, verbose_name="slags")),
                ("sent", models.DateTimeField(verbose_name="sendt")),
                ("options", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="register_drafts",
                        to="agreements.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "fil til gennemsyn",
                "verbose_name_plural": "filer til gennemsyn",
                "ordering": ["-sent", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DraftFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("content", models.BinaryField()),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="evidence.draft"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EarlyWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("with_origin", models.BooleanField(default=False, verbose_name="se på herkomst")),
                (
                    "partnership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="early_warning",
                        to="agreements.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "varsling",
                "verbose_name_plural": "varslinger",
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=60)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=160, verbose_name="navn")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="navn på engelsk")),
                ("definition", models.TextField(verbose_name="hvad der tælles")),
                ("definition_en", models.TextField(blank=True, verbose_name="hvad der tælles, på engelsk")),
                ("respondents", models.CharField(max_length=200, verbose_name="hvem der tælles eller svarer")),
                ("respondents_en", models.CharField(blank=True, max_length=200, verbose_name="hvem, på engelsk")),
                ("known_issues", models.TextField(blank=True, verbose_name="kendte svagheder")),
                ("known_issues_en", models.TextField(blank=True, verbose_name="kendte svagheder på engelsk")),
                (
                    "measure",
                    models.CharField(
                        choices=[("share", "andel"), ("mean", "gennemsnit"), ("count", "antal"), ("amount", "kroner")],
                        max_length=10,
                        verbose_name="enhed",
                    ),
                ),
                (
                    "flow",
                    models.CharField(
                        choices=[
                            ("stock", "opgjort på en dag"),
                            ("flow", "sket i en periode"),
                            ("cumulative", "i alt til nu"),
                        ],
                        max_length=10,
                        verbose_name="slags tal",
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("A", "måler selve temaet"),
                            ("B", "følger temaet tæt"),
                            ("C", "et fingerpeg"),
                            ("D", "baggrund, siger intet om virkningen"),
                        ],
                        max_length=1,
                        verbose_name="hvor godt det måler temaet",
                    ),
                ),
                (
                    "criterion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("work", "Uden tilknytning til arbejde eller uddannelse, 18-64 år"),
                            (
                                "convicted",
                                "Dømt for at overtræde straffeloven, våbenloven eller loven om narkotika, 18 år og over",
                            ),
                            ("schooling", "Har kun en grundskoleuddannelse, 30-59 år"),
                            (
                                "income",
                                "Gennemsnitlig bruttoindkomst for 15-64-årige, der betaler skat og ikke er under uddannelse",
                            ),
                            ("origin", "Indvandrere og efterkommere fra ikke-vestlige lande"),
                        ],
                        max_length=20,
                        verbose_name="lovens kriterium",
                    ),
                ),
                ("decision", models.CharField(blank=True, max_length=200, verbose_name="beslutning")),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.party",
                        verbose_name="ansvarlig part",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indicators",
                        to="agreements.partnership",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="evidence.indicator",
                        verbose_name="afløst af",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.agreementversion",
                        verbose_name="aftalens udgave",
                    ),
                ),
            ],
            options={
                "verbose_name": "indikator",
                "verbose_name_plural": "indikatorer",
                "ordering": ["theme__position", "position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("about", models.DateField(verbose_name="om dagen")),
                ("value", models.FloatField(verbose_name="ventet tal")),
                ("author", models.CharField(max_length=120, verbose_name="skrevet af")),
                ("written_on", models.DateField(verbose_name="skrevet den")),
                ("grounds", models.TextField(blank=True, verbose_name="begrundelse")),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                        verbose_name="område",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="forecasts", to="evidence.indicator"
                    ),
                ),
            ],
            options={
                "verbose_name": "forudsigelse",
                "verbose_name_plural": "forudsigelser",
                "ordering": ["about", "written_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="EffectGoal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=200, verbose_name="effektmål")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="effektmål på engelsk")),
                ("set_by", models.CharField(max_length=200, verbose_name="sat af og hvornår")),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="effect_goals",
                        to="agreements.partnership",
                    ),
                ),
                (
                    "indicators",
                    models.ManyToManyField(
                        blank=True, related_name="effect_goals", to="evidence.indicator", verbose_name="indikatorer"
                    ),
                ),
            ],
            options={
                "verbose_name": "effektmål",
                "verbose_name_plural": "effektmål",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=200, verbose_name="fil")),
                ("digest", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                ("label", models.CharField(max_length=200, verbose_name="producentens navn for tallene")),
                ("published", models.DateField(blank=True, null=True, verbose_name="offentliggjort af producenten")),
                ("taken_in", models.DateTimeField(verbose_name="indlæst")),
                ("footnotes", models.JSONField(default=list, verbose_name="noter")),
                ("findings", models.JSONField(default=list, verbose_name="fundet ved indlæsning")),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registers",
                        to="agreements.partnership",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registers",
                        to="evidence.source",
                        verbose_name="kilde",
                    ),
                ),
            ],
            options={
                "verbose_name": "register",
                "verbose_name_plural": "registre",
                "ordering": ["-taken_in", "-id"],
            },
        ),
        migrations.CreateModel(
            name="IndicatorRecipe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.JSONField(verbose_name="kolonner i delen")),
                ("whole", models.JSONField(default=list, verbose_name="kolonner i det hele")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipes", to="evidence.indicator"
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipes",
                        to="evidence.source",
                        verbose_name="kilde",
                    ),
                ),
            ],
            options={
                "verbose_name": "opskrift",
                "verbose_name_plural": "opskrifter",
            },
        ),
        migrations.CreateModel(
            name="StatutoryInput",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "criterion",
                    models.CharField(
                        choices=[
                            ("work", "Uden tilknytning til arbejde eller uddannelse, 18-64 år"),
                            (
                                "convicted",
                                "Dømt for at overtræde straffeloven, våbenloven eller loven om narkotika, 18 år og over",
                            ),
                            ("schooling", "Har kun en grundskoleuddannelse, 30-59 år"),
                            (
                                "income",
                                "Gennemsnitlig bruttoindkomst for 15-64-årige, der betaler skat og ikke er under uddannelse",
                            ),
                            ("origin", "Indvandrere og efterkommere fra ikke-vestlige lande"),
                        ],
                        max_length=20,
                        verbose_name="kriterium",
                    ),
                ),
                (
                    "against",
                    models.CharField(
                        choices=[("country", "hele landet"), ("region", "regionen")],
                        max_length=10,
                        verbose_name="tal for",
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="år")),
                ("value", models.DecimalField(decimal_places=6, max_digits=14, verbose_name="tal")),
                ("source", models.CharField(max_length=300, verbose_name="kilde")),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statutory_inputs",
                        to="agreements.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "sammenligningstal",
                "verbose_name_plural": "sammenligningstal",
                "ordering": ["-year", "criterion"],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clause", models.CharField(max_length=120, verbose_name="punkt")),
                ("slug", models.SlugField(max_length=60)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("name", models.CharField(max_length=120, verbose_name="navn")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="navn på engelsk")),
                ("about", models.TextField(blank=True, verbose_name="om temaet")),
                ("about_en", models.TextField(blank=True, verbose_name="om temaet på engelsk")),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="themes", to="agreements.partnership"
                    ),
                ),
            ],
            options={
                "verbose_name": "tema",
                "verbose_name_plural": "temaer",
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="indicator",
            name="theme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="indicators",
                to="evidence.theme",
                verbose_name="tema",
            ),
        ),
        migrations.CreateModel(
            name="ClauseLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clause", models.CharField(max_length=120, verbose_name="punkt")),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agreements.agreement"
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="evidence.indicator"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "agreement", "clause"), name="clause_link_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Aim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decision", models.CharField(max_length=200, verbose_name="beslutning")),
                ("decided_on", models.DateField(verbose_name="besluttet den")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("more", "mere er bedre"),
                            ("less", "mindre er bedre"),
                            ("maintain", "skal holdes"),
                            ("none", "ikke aftalt"),
                        ],
                        max_length=10,
                        verbose_name="retning",
                    ),
                ),
                ("margin", models.FloatField(blank=True, null=True, verbose_name="margen")),
                ("baseline", models.FloatField(blank=True, null=True, verbose_name="udgangspunkt")),
                ("baseline_on", models.DateField(blank=True, null=True, verbose_name="udgangspunktets dag")),
                ("target", models.FloatField(blank=True, null=True, verbose_name="mål")),
                ("target_by", models.DateField(blank=True, null=True, verbose_name="målet nås senest")),
                (
                    "reference",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.area",
                        verbose_name="sammenlignes med",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agreements.agreementversion",
                        verbose_name="aftalens udgave",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aims", to="evidence.indicator"
                    ),
                ),
            ],
            options={
                "verbose_name": "sigte",
                "verbose_name_plural": "sigter",
                "ordering": ["decided_on", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "decided_on"), name="aim_one_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", "maintain"), _negated=True), ("margin__gt", 0), _connector="OR"
                        ),
                        name="aim_to_maintain_has_a_margin",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target", None),
                            models.Q(("direction__in", ["none", "maintain"]), _negated=True),
                            _connector="OR",
                        ),
                        name="aim_with_a_target_has_a_direction",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="nummer")),
                ("title", models.CharField(max_length=200, verbose_name="titel")),
                ("published", models.DateTimeField(verbose_name="offentliggjort")),
                ("document", models.TextField(verbose_name="indhold")),
                ("digest", models.CharField(max_length=64, verbose_name="fingeraftryk")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="offentliggjort af",
                    ),
                ),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="evidence.publication",
                        verbose_name="retter",
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="agreements.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "offentliggørelse",
                "verbose_name_plural": "offentliggørelser",
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("partnership", "number"), name="publication_number_once"),
                    models.UniqueConstraint(fields=("partnership", "digest"), name="publication_digest_once"),
                    models.CheckConstraint(
                        condition=models.Q(("corrects", models.F("id")), _negated=True),
                        name="publication_not_its_own_correction",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.DateField(verbose_name="fra")),
                ("last", models.DateField(verbose_name="til")),
                (
                    "counted",
                    models.CharField(
                        choices=[
                            ("full", "alle er talt med"),
                            ("sample", "en stikprøve"),
                            ("outside", "offentliggjort af andre"),
                        ],
                        max_length=10,
                        verbose_name="optælling",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("A", "normal"),
                            ("B", "brud i serien"),
                            ("E", "skønnet"),
                            ("P", "foreløbig"),
                            ("U", "usikker"),
                            ("O", "mangler"),
                            ("M", "findes ikke"),
                            ("L", "ikke indsamlet"),
                            ("Q", "skjult af hensyn til de få"),
                            ("ZQ", "nul eller skjult"),
                        ],
                        max_length=2,
                        verbose_name="status",
                    ),
                ),
                ("numerator", models.FloatField(blank=True, null=True, verbose_name="tæller")),
                ("denominator", models.FloatField(blank=True, null=True, verbose_name="nævner")),
                ("value", models.FloatField(blank=True, null=True, verbose_name="tal")),
                ("n", models.PositiveIntegerField(blank=True, null=True, verbose_name="svar")),
                ("invited", models.PositiveIntegerField(blank=True, null=True, verbose_name="spurgte")),
                ("low", models.FloatField(blank=True, null=True, verbose_name="nedre grænse")),
                ("high", models.FloatField(blank=True, null=True, verbose_name="øvre grænse")),
                ("notes", models.JSONField(default=list, verbose_name="noter")),
                ("processed", models.BooleanField(default=False, verbose_name="lagt sammen af os")),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="evidence.indicator",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="observations",
                        to="places.areaversion",
                        verbose_name="område",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="observations", to="evidence.register"
                    ),
                ),
            ],
            options={
                "verbose_name": "tal",
                "verbose_name_plural": "tal",
                "ordering": ["first", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("register", "indicator", "version", "first"), name="observation_once_in_a_register"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="observation_ends_after_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["A", "B", "E", "P", "U"]), ("value__isnull", False)),
                            models.Q(
                                models.Q(("status__in", ["A", "B", "E", "P", "U"]), _negated=True),
                                ("numerator", None),
                                ("value", None),
                            ),
                            _connector="OR",
                        ),
                        name="observation_has_a_figure_or_says_why_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("counted", "sample"), models.Q(("high", None), ("low", None)), _connector="OR"
                        ),
                        name="observation_interval_of_samples_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted", "sample"), _negated=True),
                            ("value", None),
                            models.Q(("high__isnull", False), ("low__isnull", False), ("n__gt", 0)),
                            _connector="OR",
                        ),
                        name="observation_of_a_sample_has_its_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="navn")),
                ("mapping", models.TextField(verbose_name="opskrift")),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mappings",
                        to="agreements.partnership",
                    ),
                ),
            ],
            options={
                "verbose_name": "gemt opskrift",
                "verbose_name_plural": "gemte opskrifter",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("partnership", "name"), name="mapping_name_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="register",
            constraint=models.UniqueConstraint(fields=("partnership", "digest"), name="register_once"),
        ),
        migrations.AddConstraint(
            model_name="indicatorrecipe",
            constraint=models.UniqueConstraint(fields=("indicator", "source"), name="recipe_once_a_source"),
        ),
        migrations.AddConstraint(
            model_name="statutoryinput",
            constraint=models.UniqueConstraint(
                fields=("partnership", "criterion", "against", "year"), name="statutory_input_once_a_year"
            ),
        ),
        migrations.AddConstraint(
            model_name="statutoryinput",
            constraint=models.CheckConstraint(condition=models.Q(("value__gt", 0)), name="statutory_input_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(fields=("partnership", "slug"), name="theme_once"),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.UniqueConstraint(fields=("partnership", "slug"), name="indicator_once"),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", models.F("id")), _negated=True), name="indicator_not_its_own_successor"
            ),
        ),
    ]
