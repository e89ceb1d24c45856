//! What HTML becomes: one table of cases, and the documents that are made to hurt.

use super::lines;

/// Input, expected lines; `→` is a tab, `|` a line end.
fn check(html: &str, expected: &str) {
    let shown = lines(html).trim_end_matches('\n').replace('\t', "→").replace('\n', "|");
    assert_eq!(shown, expected, "{html}");
}

#[test]
fn rows_of_two_cells_are_label_and_value() {
    check("<table><tr><td>Stock code</td><td>03660</td></tr></table>", "Stock code→03660");
    check(
        "<TABLE><TR><TH>Status<TD>New announcement<TR><TD>Record date<TD>15 April 2024</TABLE>",
        "Status→New announcement|Record date→15 April 2024",
    );
    check(
        "<table><tr><td>Registrar</td><td>Tricor<br>17/F<br/>Hong Kong</td></tr></table>",
        "Registrar→Tricor|→17/F|→Hong Kong",
    );
    check("<table><tr><td>Registrar</td><td><p>Tricor</p><p>17/F</p></td></tr></table>", "Registrar→Tricor|→17/F");
    check(
        "<table><tr><td>Registrar</td><td>Tricor</td></tr><tr><td></td><td>17/F</td></tr></table>",
        "Registrar→Tricor|→17/F",
    );
    check(
        "<table><tr><td rowspan=2>Registrar</td><td>Tricor</td></tr><tr><td>17/F</td></tr></table>",
        "Registrar→Tricor|→17/F",
    );
}

#[test]
fn wrapped_labels_become_one_line() {
    check("<table><tr><td>Latest time<br>to lodge</td><td>16:30</td></tr></table>", "Latest time to lodge→16:30");
    check(
        "<table><tr><td>為符合獲取股息<br>分派而遞交</td><td>16:30</td></tr></table>",
        "為符合獲取股息分派而遞交→16:30",
    );
}

#[test]
fn a_lone_cell_is_a_title_or_free_text() {
    check(
        "<table><tr><td colspan=2>Information relating to the dividend</td></tr></table>",
        "Information relating to the dividend→",
    );
    check("<table><tr><td>Title</td><td>&nbsp;</td></tr></table>", "Title→");
    check(
        "<table><tr><td colspan=2>Executive Directors:<br>Chan Tai Man</td></tr></table>",
        "Executive Directors:|Chan Tai Man",
    );
}

#[test]
fn rows_of_more_cells_keep_them_apart() {
    check(
        "<table><tr><td>Individual</td><td>20%</td><td>Shares of<br>H class</td></tr></table>",
        "Individual→20%→Shares of H class",
    );
    check("<table><tr><td>Label</td><td> </td><td>value</td><td></td></tr></table>", "Label→value");
    check(
        "<table><tr><td rowspan=\"2\">Type</td><td>10%</td><td>a</td></tr><tr><td>20%</td><td>b</td></tr></table>",
        "Type→10%→a|→20%→b",
    );
}

#[test]
fn inner_tables_stand_on_their_own() {
    check(
        "<table><tr><td>Tax</td><td>As follows<table><tr><td>Type</td><td>10%</td></tr></table>and no more</td></tr></table>",
        "Tax→As follows|Type→10%|→and no more",
    );
    check("<table><tr><td>Layout<table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "Layout→|a→b");
}

#[test]
fn text_outside_of_tables_is_lines() {
    check(
        "<html><head><title>x</title></head><body><h1>EF001</h1><p>One\n  two</p>three<br>four",
        "EF001|One two|three|four",
    );
    check("<p>before<table>stray<tr><td>a</td><td>b</td></tr></table>after", "before|stray|a→b|after");
    check("<pre>Issuer name\tFoo\r\nStock code\t00001\n</pre>", "Issuer name→Foo|Stock code→00001");
}

#[test]
fn what_is_no_text_is_dropped() {
    check("<script>if (a<b) document.write('<p>x</p>')</SCRIPT >a<style>b{}</style>c<!-- <p>d -->e<?php f?>g", "aceg");
    check("<p title=\"a > b\">x</p>", "x");
}

#[test]
fn what_only_looks_like_markup_is_text() {
    check("<p>a < b, c <3 d</p>", "a < b, c <3 d");
    check("<p>x<b", "x<b");
    check("<p title=\"never closed>x</p><p>y", "x|y");
    check("<!-- never closed <p>x", "x");
    check("<p>x<!-- closed by the end of the text <p>y -->", "x");
    check("<table><tr><td>a<td class='never closed>b</table>c", "a→b|c");
    check("<p>it's</p class=\"never closed><p>it's", "it's|it's");
}

#[test]
fn character_references_are_decoded_once() {
    check("<p>A&amp;B &lt;c&gt; &#20844;&#x544A; &rsquo;&#146; &eacute; &amp;lt;", "A&B <c> 公告 ’’ é &lt;");
    check("<p>a&nbsp;&nbsp;b&#160;c &unknown; R&D &copy; AT&amp T", "a b c &unknown; R&D © AT& T");
    check("<p>&#0;&#xD800;&#99999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}");
    check("<p>&nldr;&CounterClockwiseContourIntegral;&yen;&copy 2024 &notin; &#x516C", "‥∳¥© 2024 ∉ 公");
}

#[test]
fn what_is_raised_or_lowered_joins_no_figure() {
    check("<p>HKD 0.35<sup>1</sup> per share</p>", "HKD 0.35 1 per share");
    check("<p><sup>(2)</sup>0.35<SUB>b</SUB></p>", "(2) 0.35 b");
    check("<p>每 股 0.35<span style='font-size:6pt;vertical-align: super'>1</span>HKD</p>", "每 股 0.35 1 HKD");
    check("<p><font style=\"VERTICAL-ALIGN:sub\">3</font>0.35</p>", "3 0.35");
    check("<p>0.<span style='vertical-align:middle'>35</span></p>", "0.35");
}
