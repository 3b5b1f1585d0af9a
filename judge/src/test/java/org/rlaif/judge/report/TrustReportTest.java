package org.rlaif.judge.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;

class TrustReportTest {
  @TempDir private Path folder;

  private Path write(String name, Object... rows) {
    Path file = folder.resolve(name);
    JsonLines.write(file, Arrays.asList(rows));
    return file;
  }

  private static Preference label(int id, double probability, String by, String other) {
    return new Preference(
        String.valueOf(id),
        Prompt.of("prompt " + id),
        "first " + id,
        "second, longer " + id,
        probability,
        new Provenance("model:m", "h", probability, probability),
        null,
        new Preference.Authors(by, other),
        null);
  }

  private static Map<String, Object> opinion(int id, boolean swapped, double probability) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", "person-" + id);
    row.put("prompt", "prompt " + id);
    row.put("first", swapped ? "second, longer " + id : " first " + id + "\n");
    row.put("second", swapped ? "first " + id : "second, longer " + id);
    row.put("probabilityFirst", probability);
    return row;
  }

  private Path labels() {
    return write(
        "labels.jsonl",
        label(1, 0.9, "m", "x"), // 1
        label(2, 0.8, "m", "x"),
        label(3, 0.3, "x", "m"),
        label(4, 0.5, "m", "m"));
  }

  @Test
  void peopleAreFoundInEitherOrderOrById() {
    Path people =
        write(
            "people.jsonl",
            opinion(1, false, 1), // agrees
            opinion(2, true, 1), // favours the second: disagrees
            Map.of("id", "3", "probabilityFirst", 0.0), // agrees
            opinion(4, false, 1), // the label is even: half
            opinion(9, false, 1));
    PeopleFigures figures =
        Objects.requireNonNull(TrustReport.of(labels(), people, List.of(), null).people());
    assertEquals(4, figures.pairs());
    assertEquals(1, figures.unmatched());
    Share agree = Objects.requireNonNull(figures.agreement().agree());
    assertEquals(2.5 / 4, agree.value(), 1e-12);
    // z = 1.96: centre (0.625 + 0.480184) / 1.960366 = 0.563764, half 0.999812 * 0.344408.
    assertEquals(0.219422, agree.low(), 2e-5);
    // Rows first, even, second: (1, 0, 1), (1, 0, 0), (0, 0, 1): po 1/2; pe 1/4 + 0 + 1/8.
    assertEquals(
        List.of(List.of(1, 0, 1), List.of(1, 0, 0), List.of(0, 0, 1)), figures.agreement().table());
    assertEquals(0.2, Objects.requireNonNull(figures.agreement().kappa()), 1e-12);
    assertNull(figures.fleiss());
  }

  @Test
  void severalPeopleAndHowSureTheyAre() {
    Map<String, Object> sure = opinion(1, false, 1);
    sure.put("confidence", 9);
    sure.put("annotator", "a");
    Map<String, Object> unsure = opinion(1, false, 0);
    unsure.put("confidence", 2);
    unsure.put("annotator", "b");
    Map<String, Object> third = opinion(1, true, 0);
    third.put("confidence", 9);
    third.put("annotator", "c");
    PeopleFigures figures =
        Objects.requireNonNull(
            TrustReport.of(labels(), write("p.jsonl", sure, unsure, third), List.of(), null)
                .people());
    assertEquals(1, figures.pairs());
    assertEquals(3, figures.opinions());
    assertEquals(1, Objects.requireNonNull(figures.agreement().agree()).value()); // two of three
    assertEquals(2, figures.byConfidence().size());
    assertEquals(2, figures.byConfidence().get(0).from());
    assertEquals(0, Objects.requireNonNull(figures.byConfidence().get(0).agree()).value());
    assertEquals(2, figures.byConfidence().get(1).opinions());
    assertEquals(1, Objects.requireNonNull(figures.byConfidence().get(1).agree()).value());
    assertEquals(
        List.of("a and b", "a and c", "b and c"),
        figures.amongThem().stream().map(AgreementFigures::with).toList());
    // Of three pairs one agrees: 1/3; chance 4/9 + 1/9.
    assertEquals(-0.5, Objects.requireNonNull(figures.fleiss()), 1e-12);
  }

  @Test
  void aJudgeThatFavoursItselfIsSeen() {
    // The judge lets m win all three; people let it win one, of label 1.
    Path people =
        write("people.jsonl", opinion(1, false, 1), opinion(2, false, 0), opinion(3, false, 1));
    List<AuthorFigures> authors = TrustReport.of(labels(), people, List.of(), null).authors();
    assertEquals(2, authors.size());
    AuthorFigures own = authors.get(0);
    assertEquals("m", own.author());
    assertTrue(own.own()); // by the name model:m
    assertEquals(1, own.judge().value());
    assertEquals(3, own.judge().n());
    assertEquals(1.0 / 3, Objects.requireNonNull(own.people()).value(), 1e-12);
    assertEquals(2.0 / 3, Objects.requireNonNull(own.more()), 1e-12);
    assertEquals(-2.0 / 3, Objects.requireNonNull(authors.get(1).more()), 1e-12);
    assertTrue(TrustReport.of(labels(), null, List.of(), "x").authors().get(1).own(), "by --self");
  }

  @Test
  void otherJudgesAgreeOrNot() {
    Path other =
        write(
            "other.jsonl",
            label(1, 0.7, "m", "x"),
            label(2, 0.4, "m", "x"),
            label(3, 0.1, "x", "m"));
    AgreementFigures figures = TrustReport.of(labels(), null, List.of(other), null).judges().get(0);
    assertEquals("model:m", figures.with());
    assertEquals(3, figures.pairs());
    assertEquals(2.0 / 3, Objects.requireNonNull(figures.agree()).value(), 1e-12);
  }

  @Test
  void theSurestDisagreementComesFirstAndIsEscaped() {
    Preference wrong =
        new Preference(
            "5",
            Prompt.of("<script>alert(1)</script>"),
            "<b>bold</b> & more",
            "word ".repeat(200),
            0.99,
            Provenance.human());
    Path people =
        write(
            "people.jsonl",
            Map.of("id", "5", "probabilityFirst", 0),
            Map.of("id", "1", "probabilityFirst", 0),
            Map.of("id", "3", "probabilityFirst", 0));
    Path labels = write("labels.jsonl", label(1, 0.9, "m", "x"), wrong, label(3, 0.3, "x", "m"));
    TrustReport report = TrustReport.of(labels, people, List.of(), null);
    assertEquals(
        List.of("5", "1"), report.disagreements().stream().map(each -> each.id()).toList());
    String html = TrustPage.page(report).html("today");
    assertFalse(html.contains("<script>"), "escaped");
    assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assertTrue(html.contains("&lt;b&gt;bold&lt;/b&gt; &amp; more"));
    assertEquals(1, html.split("<details>", -1).length - 1, "the long text is folded");
  }

  @Test
  void whatIsNotKnownIsLeftOut() {
    Path labels =
        write(
            "labels.jsonl",
            Map.of(
                "id", "1", "prompt", "p", "first", "a", "second", "bb", "probabilityFirst", 1.0));
    TrustReport report = TrustReport.of(labels, null, List.of(), null);
    assertEquals("unknown", report.judge());
    assertNull(report.position());
    assertNull(report.people());
    assertTrue(report.authors().isEmpty());
    String html = TrustPage.page(report).html("today");
    assertFalse(html.contains("Examples"));
    assertTrue(html.contains("Length"));
  }

  @Test
  void filesThatDoNotFitTogetherAreRefused() {
    Path labels = labels();
    Path strangers = write("people.jsonl", opinion(7, false, 1));
    UserError e =
        assertThrows(UserError.class, () -> TrustReport.of(labels, strangers, List.of(), null));
    assertTrue(
        String.valueOf(e.getMessage()).contains("people.jsonl: none of 1 rows is about a pair"),
        e::getMessage);
    Path half = write("half.jsonl", Map.of("id", "1", "first", "a", "probabilityFirst", 1));
    assertThrows(UserError.class, () -> TrustReport.of(labels, half, List.of(), null));
    Path none = write("none.jsonl");
    assertThrows(UserError.class, () -> TrustReport.of(none, null, List.of(), null));
    Path twice = write("twice.jsonl", label(1, 0.9, "m", "x"), label(1, 0.8, "m", "x"));
    Path byId = write("byId.jsonl", Map.of("id", "1", "probabilityFirst", 1));
    assertThrows(UserError.class, () -> TrustReport.of(twice, byId, List.of(), null));
  }

  @Test
  void ofSeveralEqualPairsTheOneWithTheIdIsMeant() {
    Preference one = label(1, 0.9, "m", "x");
    Preference same =
        new Preference("1b", one.prompt(), one.first(), one.second(), 0.2, one.provenance());
    Map<String, Object> opinion = opinion(1, true, 0);
    opinion.put("id", "1b");
    PeopleFigures figures =
        Objects.requireNonNull(
            TrustReport.of(
                    write("labels.jsonl", one, same), write("p.jsonl", opinion), List.of(), null)
                .people());
    assertEquals(1, figures.pairs());
    assertEquals(0, Objects.requireNonNull(figures.agreement().agree()).value());
  }
}
