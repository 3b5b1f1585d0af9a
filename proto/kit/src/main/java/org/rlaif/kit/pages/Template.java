package org.rlaif.kit.pages;

import com.samskivert.mustache.Mustache;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.rlaif.kit.Resources;

/** Fills templates of pages, which need no file beside themselves and no script. */
public final class Template {
  private Template() {}

  /**
   * Only the values between {{ and }} change; they are escaped, but for our own style, which every
   * page finds as {@code style}. {@code {{>pictures.html}}} stands for its {@code pictures}.
   *
   * @param beside the class beside which the template is shipped
   */
  public static String filled(Class<?> beside, String template, Map<String, Object> page) {
    Map<String, Object> all = new HashMap<>(page);
    all.put("style", Resources.text(Template.class, "page.css"));
    return Mustache.compiler()
        .escapeHTML(true)
        .emptyStringIsFalse(true)
        .withLoader(part -> new StringReader(Resources.text(Template.class, part)))
        .compile(Resources.text(beside, template))
        .execute(all);
  }
}
