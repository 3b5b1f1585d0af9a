/**
 * How far a judge's labels can be believed: {@link org.rlaif.judge.report.TrustReport}. Its figures
 * are {@link org.rlaif.judge.report.PositionFigures}, {@link
 * org.rlaif.judge.report.AgreementFigures} with people and with other judges, {@link
 * org.rlaif.judge.report.Calibration}, {@link org.rlaif.judge.report.LengthFigures} and {@link
 * org.rlaif.judge.report.AuthorFigures}; {@link org.rlaif.judge.report.TrustPage} shows them.
 *
 * <p>A label's <em>side</em> is the completion that it favours; a label of 0.5 has none and is
 * even.
 */
@NullMarked
package org.rlaif.judge.report;

import org.jspecify.annotations.NullMarked;
