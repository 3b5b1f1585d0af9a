package org.rlaif.training.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

class DataFilesTest {
  @TempDir Path folder;

  @Test
  void aPatternIsAllThatItMatchesInOrder() throws IOException {
    for (String name : List.of("b.parquet", "a.parquet", "c.csv", "x/a.csv", "x/y/d.csv")) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    assertEquals(List.of("a.parquet", "b.parquet"), names("*.parquet"));
    assertEquals(List.of("c.csv"), names("*.csv"));
    assertEquals(List.of("a.csv"), names("?/*.csv"));
    assertEquals(List.of("c.csv", "a.csv", "d.csv"), names("{*,*/*,**/*}.csv"));
    assertEquals(List.of("b.parquet", "a.csv", "a.parquet"), names("b.parquet", "x/*.csv", "[a]*"));
    // Two of this name: ids say which.
    Files.writeString(folder.resolve("x/a.parquet"), "");
    assertEquals(
        List.of(folder + "/a.parquet", "b.parquet", folder + "/x/a.parquet"),
        names("*.parquet", "x/*.parquet"));
    Files.writeString(folder.resolve("[1].csv"), "");
    assertEquals(List.of("[1].csv"), names("[1].csv"), "a file of that name comes first");
  }

  @Test
  void aPatternThatMatchesNothingIsRefused() {
    assertEquals(
        "data.files: " + folder + "/*.csv (expected: a pattern that a file's path matches)",
        message("*.csv"));
    assertEquals(
        "data.files: "
            + folder
            + "/x/*.csv (expected: a folder "
            + folder
            + "/x/ that can be read)",
        message("x/*.csv"));
    assertEquals(
        "data.files: " + folder + "/{a (expected: a pattern such as data/*.parquet)",
        message("{a"));
  }

  private List<String> names(String... files) {
    List<String> all = List.of(files).stream().map(each -> folder + "/" + each).toList();
    return DataFiles.of(all, all).stream().map(DataFile::name).toList();
  }

  private String message(String file) {
    return assertThrows(UserError.class, () -> names(file)).getMessage();
  }
}
