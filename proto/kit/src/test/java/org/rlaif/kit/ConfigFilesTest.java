package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {
  record Inner(double rate, List<String> names) {
    Inner {
      UserError.require(rate > 0, "inner.rate", rate, "> 0");
    }
  }

  record Outer(String title, int count, Inner inner) {}

  private static final String DEFAULTS =
      """
      # a comment
      title: plain
      count: 3
      inner:
        rate: 0.5
        names: [a, b]
      """;

  @TempDir Path folder;

  @Test
  void defaultsStandAlone() {
    assertEquals(new Outer("plain", 3, new Inner(0.5, List.of("a", "b"))), load(null, List.of()));
  }

  @Test
  void theFileHoldsDifferencesAndSettingsWin() throws IOException {
    Path file = file("count: 4\ninner: {names: [c]}\n");

    assertEquals(
        new Outer("other", 4, new Inner(2e-3, List.of("c"))),
        load(file, List.of("title=other", "inner.rate=2.0e-3")));
  }

  record Two(Inner first, Inner second) {}

  /** An alias is what its anchor stands before, not the text of its name. */
  @Test
  void aliasesRepeatSectionsAndLists() throws IOException {
    Path file = file("first: &f {rate: 0.25, names: &n [x, y]}\nsecond: *f\n");
    var inner = new Inner(0.25, List.of("x", "y"));
    assertEquals(new Two(inner, inner), ConfigFiles.load(Two.class, "first: {}", file, List.of()));
    file = file("first: {rate: 0.25, names: &n [x, y]}\nsecond: {rate: 1.0, names: *n}\n");
    assertEquals(
        new Two(inner, new Inner(1, List.of("x", "y"))),
        ConfigFiles.load(Two.class, "first: {}", file, List.of()));
    Path single = file("title: &c named\ninner:\n  names: [*c]\n");
    assertMessage(
        single
            + ", line 3: *c (expected: the value itself; an alias repeats a section or a list with"
            + " the anchor &c)",
        () -> load(single, List.of()));
    assertMessage(
        "--set title=*c, line 1: *c (expected: the value itself; an alias repeats a section or a"
            + " list with the anchor &c)",
        () -> load(null, List.of("title=*c")));
  }

  @Test
  void sectionsAreMerged() throws IOException {
    String common = "title: a\ncount: 1\ninner: {<<: [&r {rate: 2.0}, {rate: 3.0, names: [q]}]}\n";
    assertEquals(new Outer("a", 1, new Inner(2, List.of("q"))), load(file(common), List.of()));
    Path scalar = file("inner: {<<: [1]}\n");
    assertMessage(
        scalar + ", line 1: <<: 1 (expected: a section, or a list of some)",
        () -> load(scalar, List.of()));
  }

  /** Ten times ten aliases of ten values each: a few lines that would be a billion values. */
  @Test
  void aliasesOfAliasesAreCounted() throws IOException {
    var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
      yaml.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(10)));
    }
    Path file = file(yaml.toString());
    var error = assertThrows(UserError.class, () -> load(file, List.of()));
    assertEquals(
        file + ", line 5: more than 100000 values, aliases included (expected: fewer)",
        error.getMessage());
    Path deep = file("a: " + "[".repeat(500) + "]".repeat(500));
    error = assertThrows(UserError.class, () -> load(deep, List.of()));
    assertEquals(
        deep + ", line 1: more than 100 levels (expected: fewer inside each other)",
        error.getMessage());
  }

  @Test
  void whatIsNoPlainFileIsRefused() throws IOException {
    assertMessage(
        "/dev/zero: a device, a pipe or a socket (expected: a file)",
        () -> load(Path.of("/dev/zero"), List.of()));
    assertMessage(folder + ": a folder (expected: a file)", () -> load(folder, List.of()));
    Path large = file("title: " + "x".repeat(1 << 20));
    assertMessage(
        large + ": 1048583 bytes (expected: at most 1048576)", () -> load(large, List.of()));
  }

  @Test
  void aKeyStandsOnce() throws IOException {
    Path file = file("count: 1\ncount: 2\n");
    assertMessage(
        file + ", line 2: the key count twice (expected: once in a section)",
        () -> load(file, List.of()));
  }

  @Test
  void anUnknownKeyIsNamedWithItsPathAndTheKnownOnes() throws IOException {
    Path file = file("inner: {rat: 1}\n");

    assertMessage(
        file + ": inner.rat: unknown key (expected: one of names, rate)",
        () -> load(file, List.of()));
  }

  @Test
  void aBadValueIsNamed() throws IOException {
    Path file = file("inner: {rate: -1.0}\n");

    assertMessage(file + ": inner.rate: -1.0 (expected: > 0)", () -> load(file, List.of()));
  }

  @Test
  void aValueOfTheWrongKindIsNamedWithWhatWasExpected() {
    assertMessage(
        "--set: count: 1.5 (expected: a whole number)", () -> load(null, List.of("count=1.5")));
    assertMessage(
        "--set: count: abc (expected: a whole number)", () -> load(null, List.of("count=abc")));
    assertMessage(
        "--set: inner.rate: fast (expected: a number)",
        () -> load(null, List.of("inner.rate=fast")));
    assertMessage(
        "--set: inner: 3 (expected: a section of keys and values)",
        () -> load(null, List.of("inner=3")));
    assertMessage(
        "--set: inner.names: a (expected: a list)", () -> load(null, List.of("inner.names=a")));
  }

  @Test
  void whoeverIsWrongIsBlamed() throws IOException {
    Path file = file("inner: {rate: -1.0}\n");
    assertMessage(
        file + ": inner.rate: -1.0 (expected: > 0)", () -> load(file, List.of("title=a")));
    assertMessage(
        "--set: inner.rate: -2.0 (expected: > 0)", () -> load(file, List.of("inner.rate=-2.0")));
    assertEquals(0.5, load(file, List.of("inner.rate=0.5")).inner().rate());
    assertMessage(
        "--set: inner.rat: unknown key (expected: one of names, rate)",
        () -> load(null, List.of("inner.rat=1")));
  }

  @Test
  void nothingIsATextOrNullButNoSection() throws IOException {
    assertEquals("", load(null, List.of("title=")).title());
    assertEquals(null, load(null, List.of("title=null")).title());
    Path file = file("inner:\n");
    assertMessage(
        file + ": inner: nothing (expected: a section of keys and values)",
        () -> load(file, List.of()));
    assertMessage(
        "--set: inner: nothing (expected: a section of keys and values)",
        () -> load(null, List.of("inner=null")));
    assertEquals("plain", load(file("# empty\n"), List.of()).title());
  }

  @Test
  void whatIsNotYamlIsSaidInOurWords() throws IOException {
    for (String text : List.of("a: b: c", "title: [", "\ttitle: x", "title: \"x")) {
      Path file = file(text);
      String message = assertThrows(UserError.class, () -> load(file, List.of())).getMessage();
      assertTrue(
          message.matches(Pattern.quote(file + ": not YAML (line ") + "\\d, column \\d+\\)"),
          message);
    }
  }

  @Test
  void aSettingNeedsAKeyAndAValue() {
    assertMessage(
        "--set: count (expected: key=value, for example sft.steps=10)",
        () -> load(null, List.of("count")));
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.yaml");

    assertMessage(file + ": no such file", () -> load(file, List.of()));
  }

  @Test
  void whatIsWrittenReadsBackTheSame() throws IOException {
    Outer config = new Outer("a: b # c", 7, new Inner(1e-5, List.of("1", "no", "\n\nHuman:")));
    Path file = folder.resolve("written.yaml");

    ConfigFiles.write(file, config);

    assertEquals(config, load(file, List.of()));
  }

  @Test
  void theHashFollowsTheValues() {
    Outer config = load(null, List.of());

    assertEquals(ConfigFiles.hash(config), ConfigFiles.hash(load(null, List.of("count=3"))));
    assertNotEquals(ConfigFiles.hash(config), ConfigFiles.hash(load(null, List.of("count=4"))));
  }

  private static Outer load(Path file, List<String> settings) {
    return ConfigFiles.load(Outer.class, DEFAULTS, file, settings);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("user.yaml"), text);
  }

  private static void assertMessage(
      String message, org.junit.jupiter.api.function.Executable body) {
    assertEquals(message, assertThrows(UserError.class, body).getMessage());
  }
}
