package org.rlaif.kit.pages;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A table with pictures.
 *
 * @param head of its columns
 * @param rows as long as the head
 * @param differing more rows, of settings, with a column for each of the first
 */
public record Table(
    String title, List<String> head, List<List<String>> rows, List<List<String>> differing) {
  /** For the template, to which a list of lists is no question. */
  public boolean differs() {
    return !differing.isEmpty();
  }

  /** The page of it, which is written at some date. */
  public String html(List<Drawn> pictures, String version, String date) {
    Map<String, Object> page = new HashMap<>();
    page.put("table", this);
    page.put("pictures", pictures);
    page.put("version", version);
    page.put("date", date);
    return Template.filled(Table.class, "table.html", page);
  }
}
