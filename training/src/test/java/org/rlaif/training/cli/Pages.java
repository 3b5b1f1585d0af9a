package org.rlaif.training.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The README and the pages of the rooms. */
final class Pages {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  static final Path README = ROOT.resolve("README.md");
  static final Path TRAINING = ROOT.resolve("training/README.md");
  static final Path MODELS = ROOT.resolve("native-bridge/README.md");
  static final Path SERVING = ROOT.resolve("serving/README.md");
  static final Path JUDGE = ROOT.resolve("judge/README.md");
  static final Path CALLS = ROOT.resolve("proto/README.md");
  static final Path MEASURED = ROOT.resolve("benchmarks/README.md");

  /** In the order in which a reader can type what they say. */
  static final List<Path> ALL = List.of(README, TRAINING, MODELS, SERVING, JUDGE, CALLS, MEASURED);

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");

  private Pages() {}

  static String text(Path page) throws IOException {
    return Files.readString(page);
  }

  /** The contents of its blocks in a language; the empty one is none. */
  static List<String> blocks(Path page, String language) throws IOException {
    return BLOCK
        .matcher(text(page))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The words behind {@code ./rlaif} of each line of the console blocks that have nothing else. */
  static List<List<String>> commands(Path page) throws IOException {
    List<List<String>> commands = new ArrayList<>();
    for (String block : blocks(page, "console")) {
      List<String> lines = block.replaceAll("\\\\\n *", "").lines().toList();
      if (lines.stream().allMatch(line -> line.startsWith("./rlaif "))) {
        lines.forEach(line -> commands.add(words(line.substring("./rlaif ".length()))));
      }
    }
    return commands;
  }

  /** Splits as bash does, for the quotes that the pages use: '…' and $'…' with \n and \'. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\\$'((?:[^'\\\\]|\\\\.)*)'|'([^']*)'|(\\S+)").matcher(line);
    while (word.find()) {
      if (word.group(1) != null) {
        words.add(word.group(1).replace("\\n", "\n").replace("\\'", "'"));
      } else {
        words.add(word.group(2) != null ? word.group(2) : word.group(3));
      }
    }
    return words;
  }

  /** The anchors of its headings, as the sites that show Markdown make them. */
  static List<String> anchors(Path page) throws IOException {
    return withoutBlocks(page)
        .filter(line -> line.matches("#+ .*"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  /** From a heading to the next one of its rank. */
  static String section(Path page, String heading) throws IOException {
    String text = text(page);
    int start = text.indexOf(heading + "\n");
    if (start < 0) {
      throw new AssertionError(page + ": no " + heading);
    }
    int end = text.indexOf("\n## ", start);
    return end < 0 ? text.substring(start) : text.substring(start, end);
  }

  /** Its lines outside of blocks. */
  static Stream<String> withoutBlocks(Path page) throws IOException {
    return BLOCK.matcher(text(page)).replaceAll("").lines();
  }
}
