//! Checks: each has a form that fails it, with place and words, and neighbours that pass.

use exdate::document::Document;
use exdate::event::normalise;
use exdate::finding::{Code, Finding};
use exdate::form::{AnnouncementStatus, Counter, DividendType, Form, Nature, Printed, Template, TypeAndFrequency};
use exdate::message::Rules;

use super::{codes, findings};
use crate::printed::*;

/// The one finding of a form.
fn only(form: &Form<'_>) -> Finding {
    let [finding]: [Finding; 1] = findings(form).try_into().expect("exactly one finding");
    finding
}

fn says(form: &Form<'_>, code: Code, field: &str, message: &str) {
    let finding = only(form);
    assert_eq!((finding.code, finding.field.as_ref()), (code, field));
    let (_, details) = finding.message().split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("details");
    assert_eq!(details, message);
}

#[test]
fn a_lawful_form_has_no_finding() {
    for form in [form(), seed().1, withdrawal(), scrip_form()] {
        assert_eq!(findings(&form), []);
    }
}

mod timetable {
    use super::*;

    #[test]
    fn a_closure_that_ends_before_it_begins_is_an_error() {
        says(
            &Form { book_close: closed("2025-05-30", "2025-05-28", 25), ..form() },
            Code::BookCloseReversed,
            "/dates/book_close_period",
            "found `2025-05-30 to 2025-05-28`, expected a last day on or after 2025-05-30, line 25.",
        );
        let one_day = Form {
            book_close: closed("2025-05-28", "2025-05-28", 25),
            record_date: on("2025-05-28", 26),
            ..super::form()
        };
        assert_eq!(codes(&one_day), []);
    }

    #[test]
    fn days_the_wrong_way_round_are_errors() {
        let late_ex = Form { ex_date: on("2025-05-28", 23), ..form() };
        says(
            &late_ex,
            Code::ExDateAfterLodgement,
            "/dates/ex_date",
            "found `2025-05-28`, expected on or before the last lodging date 2025-05-27, line 23.",
        );
        let after_record = Form { ex_date: on("2025-06-02", 23), lodgement_deadline: to_be_announced(24), ..form() };
        says(
            &after_record,
            Code::ExDateAfterRecordDate,
            "/dates/ex_date",
            "found `2025-06-02`, expected on or before the record date 2025-05-30, line 23.",
        );
        let early_payment = Form { payment_date: on("2025-05-29", 27), ..form() };
        says(
            &early_payment,
            Code::RecordDateAfterPaymentDate,
            "/dates/record_date",
            "found `2025-05-30`, expected on or before the payment date 2025-05-29, line 26.",
        );
        let late_election = Form { election_deadline: at("2025-06-17 16:30", 46), ..scrip_form() };
        says(
            &late_election,
            Code::ElectionAfterPaymentDate,
            "/election/deadline",
            "found `2025-06-17`, expected on or before the payment date 2025-06-16, line 46.",
        );
    }

    #[test]
    fn the_same_day_is_in_order() {
        let day = "2025-05-27";
        let form = Form {
            ex_date: on(day, 23),
            book_close: not_applicable(25),
            record_date: on(day, 26),
            payment_date: on(day, 27),
            ..form()
        };
        assert!(codes(&form).iter().all(|code| code.severity() == exdate::finding::Severity::Warning));
    }

    #[test]
    fn an_ex_date_off_the_settlement_cycle_is_suspicious() {
        says(
            &Form { ex_date: on("2025-05-23", 23), ..form() },
            Code::ExDateOffSettlement,
            "/dates/ex_date",
            "found `2025-05-23`, expected 2025-05-26, by T+2 settlement before the last lodging date 2025-05-27, line 23.",
        );
    }

    #[test]
    fn under_t_plus_1_the_ex_date_is_the_last_lodging_date() {
        let rules = Rules { t_plus_1_from: Some(day("2025-05-26")), ..Rules::default() };
        let codes = |form: &Form<'_>| match normalise(&document(), form, Vec::new(), &rules) {
            Ok((_, findings)) | Err(findings) => {
                findings.iter().map(|finding| (finding.code, finding.expected.clone())).collect::<Vec<_>>()
            }
        };
        assert_eq!(codes(&Form { ex_date: on("2025-05-27", 23), ..form() }), []);
        let expected = "2025-05-27, by T+1 settlement before the last lodging date 2025-05-27".to_owned();
        assert_eq!(codes(&form()), [(Code::ExDateOffSettlement, Some(expected))]);
    }

    #[test]
    fn a_closure_leaves_no_session_behind_the_last_lodging_date() {
        let gap = Form { book_close: closed("2025-05-29", "2025-05-30", 25), ..form() };
        says(
            &gap,
            Code::BookCloseOffLodgement,
            "/dates/book_close_period",
            "found `2025-05-29`, expected no session between the last lodging date 2025-05-27 and the first day of the closure, line 25.",
        );
        let overlapping = Form { book_close: closed("2025-05-27", "2025-05-30", 25), ..form() };
        assert_eq!(codes(&overlapping), [Code::BookCloseOffLodgement]);
    }

    #[test]
    fn a_closure_may_begin_on_a_day_without_session() {
        let form = Form {
            ex_date: on("2025-05-29", 23),
            lodgement_deadline: at("2025-05-30 16:30", 24),
            book_close: closed("2025-05-31", "2025-06-04", 25),
            record_date: on("2025-06-04", 26),
            ..form()
        };
        assert_eq!(codes(&form), []);
    }

    #[test]
    fn the_record_date_ends_the_closure_or_the_lodging() {
        says(
            &Form { record_date: on("2025-05-29", 26), ..form() },
            Code::RecordDateOffBookClose,
            "/dates/record_date",
            "found `2025-05-29`, expected 2025-05-30, the last day of the book closure, line 26.",
        );
        says(
            &Form { book_close: not_applicable(25), ..form() },
            Code::RecordDateOffLodgement,
            "/dates/record_date",
            "found `2025-05-30`, expected 2025-05-27, the last lodging date, line 26.",
        );
        let codes = |book_close| codes(&Form { book_close, ..form() });
        assert_eq!(codes(to_be_announced(25)), [], "a closure that is not known proves nothing");
        assert_eq!(codes(Printed::default()), [Code::ValueNotStated], "nor does one that is lost");
    }

    #[test]
    fn nobody_is_paid_on_a_holiday() {
        says(
            &Form { payment_date: on("2025-07-01", 27), ..form() },
            Code::NotATradingDay,
            "/dates/payment_date",
            "found `2025-07-01, Tuesday`, expected a trading day, line 27.",
        );
        let sunday = Form { lodgement_deadline: at("2025-05-25 16:30", 24), ex_date: on("2025-05-23", 23), ..form() };
        assert!(codes(&sunday).contains(&Code::NotATradingDay));
    }

    #[test]
    fn transfers_are_lodged_until_a_usual_hour() {
        for (time, expected) in [("16:30", None), ("16:00", None), ("12:00", None), ("17:00", Some("17:00"))] {
            let form = Form { lodgement_deadline: at(&format!("2025-05-27 {time}"), 24), ..form() };
            let found: Vec<_> = findings(&form).into_iter().map(|finding| (finding.code, finding.found)).collect();
            let expected: Vec<_> =
                expected.map(|time| (Code::LodgementTimeUnusual, Some(time.to_owned()))).into_iter().collect();
            assert_eq!(found, expected, "{time}");
        }
    }

    #[test]
    fn three_sessions_lie_between_approval_and_the_last_lodging_date() {
        assert_eq!(codes(&Form { approval_date: on("2025-05-22", 19), ..form() }), []);
        says(
            &Form { approval_date: on("2025-05-23", 19), ..form() },
            Code::ApprovalTooLate,
            "/dates/shareholder_approval_date",
            "found `2025-05-23`, expected at least 3 sessions before the last lodging date 2025-05-27, line 19.",
        );
        assert_eq!(codes(&Form { approval_date: on("2025-06-30", 19), ..form() }), [Code::ApprovalTooLate]);
    }

    #[test]
    fn a_payment_follows_within_ninety_days() {
        assert_eq!(codes(&Form { payment_date: on("2025-08-28", 27), ..form() }), []);
        says(
            &Form { payment_date: on("2025-08-29", 27), ..form() },
            Code::PaymentDateFar,
            "/dates/payment_date",
            "found `2025-08-29, 91 days after the record date`, expected at most 90 days, line 27.",
        );
    }

    #[test]
    fn a_day_that_severe_weather_took_is_named_and_the_plan_around_it_accepted() {
        let planned = Form {
            announcement_date: on("2023-08-01", 11),
            approval_date: not_applicable(19),
            financial_year_end: on("2023-12-31", 16),
            reporting_period_end: on("2023-06-30", 17),
            ex_date: on("2023-09-01", 23),
            lodgement_deadline: at("2023-09-04 16:30", 24),
            book_close: not_applicable(25),
            record_date: on("2023-09-04", 26),
            payment_date: on("2023-09-15", 27),
            ..form()
        };
        says(
            &planned,
            Code::NotATradingDay,
            "/dates/ex_date",
            "found `2023-09-01, Friday`, expected a trading day; severe weather cancelled this one, line 23.",
        );
        let as_held = Form { ex_date: on("2023-08-31", 23), ..planned };
        assert_eq!(codes(&as_held), []);
        let approved_in_time = Form { approval_date: on("2023-08-30", 19), ..as_held.clone() };
        assert_eq!(codes(&approved_in_time), [], "three sessions, as planned");
        let closed_after_it = Form {
            ex_date: on("2023-08-30", 23),
            lodgement_deadline: at("2023-08-31 16:30", 24),
            book_close: closed("2023-09-04", "2023-09-05", 25),
            record_date: on("2023-09-05", 26),
            ..as_held
        };
        assert_eq!(codes(&closed_after_it), [], "no session was held between lodging and closure");
    }

    #[test]
    fn beyond_the_calendar_nothing_is_concluded() {
        let future = Form {
            announcement_date: on("2030-03-20", 11),
            financial_year_end: on("2029-12-31", 16),
            reporting_period_end: on("2029-12-31", 17),
            ex_date: on("2030-05-26", 23),
            lodgement_deadline: at("2030-05-27 16:30", 24),
            book_close: closed("2030-06-28", "2030-06-30", 25),
            record_date: on("2030-06-30", 26),
            payment_date: on("2030-07-01", 27),
            approval_date: on("2030-05-26", 19),
            ..form()
        };
        assert_eq!(codes(&future), []);
    }

    #[test]
    fn pending_days_are_not_compared() {
        let pending = Form { ex_date: to_be_announced(23), record_date: unparsed("June", 26), ..form() };
        assert_eq!(codes(&pending), [Code::UnreadableValue]);
    }
}

mod exchange {
    use super::*;

    fn paid(
        declared: Printed<'static, exdate::form::PerShare>,
        paid: Printed<'static, exdate::form::PerShare>,
        at: Printed<'static, exdate::form::Rate>,
    ) -> Form<'static> {
        Form { declared, default_payment: paid, exchange_rate: at, ..form() }
    }

    #[test]
    fn ok_declared_times_rate_is_paid_to_half_a_unit_of_the_last_digit() {
        for (declared, quote, paid_amount) in [
            ("0.0908", "1.144387", "0.10391"),
            ("0.219563", "1.23", "0.27006249"),
            ("0.503", "1.12912", "0.56795"),
            ("0.5", "1.1", "0.55"),
            ("1", "1.0983", "1.0983"),
        ] {
            let form = paid(
                money("RMB", declared, 1, 18),
                money("HKD", paid_amount, 1, 21),
                rate(("RMB", "1"), ("HKD", quote), 22),
            );
            assert_eq!(codes(&form), [], "{declared} x {quote} = {paid_amount}");
        }
    }

    #[test]
    fn err_more_than_half_a_percent_off_is_no_rounding() {
        let codes = |declared: (&str, &str), paid_amount: (&str, &str), quote: &str| {
            let at = rate((declared.0, "1"), (paid_amount.0, quote), 22);
            codes(&paid(money(declared.0, declared.1, 1, 18), money(paid_amount.0, paid_amount.1, 1, 21), at))
        };
        assert_eq!(codes(("RMB", "0.05"), ("HKD", "0.06"), "1.1"), [Code::PaidAmountCoarse]);
        assert_eq!(codes(("USD", "1"), ("HKD", "8"), "7.8"), [Code::PaidAmountCoarse]);
        assert_eq!(codes(("HKD", "0.055"), ("HKD", "0.06"), "1"), [Code::PaidAmountCoarse]);
        // 0.4 %: 1.004 is 1.0 to two digits.
        assert_eq!(codes(("RMB", "1"), ("HKD", "1.0"), "1.004"), [Code::PaidAmountCopied]);
        assert_eq!(codes(("RMB", "2"), ("HKD", "2.0"), "1"), []);
        assert_eq!(codes(("RMB", "3"), ("HKD", "3.3"), "1.0989"), []);
        assert_eq!(codes(("RMB", "3"), ("HKD", "3.3"), "1.11"), [Code::PaidAmountCoarse]);
    }

    #[test]
    fn err_one_number_in_two_currencies() {
        let copied = |declared, paid_amount, quote: &str| {
            codes(&paid(declared, paid_amount, rate(("RMB", "1"), ("HKD", quote), 22)))
        };
        for (declared, paid_amount, quote) in [
            (money("RMB", "0.5", 1, 18), money("HKD", "0.5", 1, 21), "1.0941"),
            (money("RMB", "0.05", 1, 18), money("HKD", "0.05", 1, 21), "1.1"),
            (money("RMB", "0.50", 1, 18), money("HKD", "0.5", 1, 21), "0.93"),
            (money("RMB", "5", 10, 18), money("HKD", "0.5", 1, 21), "1.0941"),
            (money("RMB", "0.123456", 1, 18), money("HKD", "0.123456", 1, 21), "1.0941"),
        ] {
            assert_eq!(copied(declared, paid_amount, quote), [Code::PaidAmountCopied], "{quote}");
        }
        assert_eq!(copied(money("RMB", "0.5", 1, 18), money("HKD", "0.5", 1, 21), "1.0"), []);
    }

    #[test]
    fn ok_shares_and_base_amounts_are_multiplied_out() {
        let ten = paid(
            money("RMB", "4.076", 10, 18),
            money("HKD", "0.44767", 1, 21),
            rate(("RMB", "1"), ("HKD", "1.0983"), 22),
        );
        assert_eq!(codes(&ten), []);
        let hundred = paid(
            money("RMB", "0.4076", 1, 18),
            money("HKD", "4.4767", 10, 21),
            rate(("RMB", "100"), ("HKD", "109.83"), 22),
        );
        assert_eq!(codes(&hundred), []);
    }

    #[test]
    fn ok_a_rate_may_be_printed_the_other_way_round() {
        let form =
            paid(money("RMB", "0.4", 1, 18), money("HKD", "0.44", 1, 21), rate(("HKD", "1"), ("RMB", "0.909"), 22));
        assert_eq!(codes(&form), []);
    }

    #[test]
    fn err_off_by_more_than_half_a_unit_and_by_more_than_one() {
        let at = || rate(("RMB", "1"), ("HKD", "1.144387"), 22);
        says(
            &paid(money("RMB", "0.0908", 1, 18), money("HKD", "0.10390", 1, 21), at()),
            Code::PaidAmountFarOffRate,
            "/payment_options/0/amount",
            "found `HKD 0.10390 per 1 share`, expected about HKD 0.1039103 per 1 share (CNY 0.0908 per 1 share at 1 : 1.144387), line 21.",
        );
        // 0.0906 x 1.1 = 0.09966: 0.66 units above 0.099.
        let off =
            paid(money("RMB", "0.0906", 1, 18), money("HKD", "0.099", 1, 21), rate(("RMB", "1"), ("HKD", "1.1"), 22));
        assert_eq!(codes(&off), [Code::PaidAmountOffRate]);
        let one_unit =
            paid(money("RMB", "1", 1, 18), money("HKD", "1.2", 1, 21), rate(("RMB", "1"), ("HKD", "1.1"), 22));
        assert_eq!(codes(&one_unit), [Code::PaidAmountOffRate]);
    }

    #[test]
    fn err_an_inverted_rate_is_called_one() {
        says(
            &paid(money("RMB", "0.4", 1, 18), money("HKD", "0.44", 1, 21), rate(("RMB", "1"), ("HKD", "0.909"), 22)),
            Code::ExchangeRateInverted,
            "/payment_options/0/exchange_rate",
            "found `RMB 1 : HKD 0.909`, expected a rate that makes CNY 0.4 per 1 share HKD 0.44 per 1 share, line 22.",
        );
    }

    #[test]
    fn err_one_currency_has_the_rate_one() {
        says(
            &Form { exchange_rate: rate(("HKD", "1"), ("HKD", "1.1"), 22), ..form() },
            Code::ExchangeRateNotOne,
            "/payment_options/0/exchange_rate",
            "found `HKD 1 : HKD 1.1`, expected the rate 1 between HKD and HKD, line 22.",
        );
        assert_eq!(codes(&Form { exchange_rate: rate(("HKD", "1"), ("HKD", "1.00"), 22), ..form() }), []);
        let pending = Form {
            default_payment: to_be_announced(21),
            exchange_rate: rate(("USD", "1"), ("USD", "7.8"), 22),
            ..form()
        };
        assert_eq!(codes(&pending), [Code::ExchangeRateNotOne], "whatever is paid");
    }

    #[test]
    fn err_one_currency_and_two_amounts_without_a_rate() {
        let form = paid(money("HKD", "0.25", 1, 18), money("HKD", "0.52", 1, 21), not_applicable(22));
        assert_eq!(codes(&form), [Code::PaidAmountFarOffRate]);
    }

    #[test]
    fn err_a_definite_payment_in_another_currency_needs_a_rate() {
        let form = |at| paid(money("RMB", "0.4", 1, 18), money("HKD", "0.44", 1, 21), at);
        says(
            &form(to_be_announced(22)),
            Code::ExchangeRatePending,
            "/payment_options/0/exchange_rate",
            "found `To be announced`, expected a rate from CNY to HKD, line 22.",
        );
        assert_eq!(codes(&form(not_applicable(22))), [Code::ExchangeRateNotApplicable]);
        assert_eq!(codes(&form(Printed::default())), [Code::ValueNotStated], "a lost row proves nothing");
        let withdrawn = Form { status: stated(AnnouncementStatus::Withdrawn, "...", 12), ..form(to_be_announced(22)) };
        assert_eq!(codes(&withdrawn), [], "a withdrawal is not held up");
        assert_eq!(codes(&paid(money("RMB", "0.4", 1, 18), half_known("HKD", 21), to_be_announced(22))), []);
    }

    #[test]
    fn err_a_rate_between_other_currencies() {
        says(
            &paid(money("RMB", "0.4", 1, 18), half_known("HKD", 21), rate(("USD", "1"), ("HKD", "7.8"), 22)),
            Code::ExchangeRateCurrencies,
            "/payment_options/0/exchange_rate",
            "found `USD 1 : HKD 7.8`, expected a rate from CNY to HKD, line 22.",
        );
    }

    #[test]
    fn an_alternative_has_its_own_rate() {
        let alternative = |amount| Form {
            template: Template::Ef002,
            first_option: amount,
            first_option_rate: rate(("HKD", "1"), ("RMB", "0.862042"), 49),
            partial_currency_election: stated(false, "No", 50),
            election_deadline: at("2025-06-10 16:30", 51),
            declared: money("HKD", "0.2919", 1, 18),
            default_payment: money("HKD", "0.2919", 1, 21),
            ..form()
        };
        assert_eq!(codes(&alternative(money("RMB", "0.2516301", 1, 48))), []);
        let wrong = only(&alternative(money("RMB", "0.2526301", 1, 48)));
        assert_eq!(
            (wrong.code, &*wrong.field, wrong.line),
            (Code::PaidAmountFarOffRate, "/payment_options/1/amount", Some(48))
        );
    }

    #[test]
    fn figures_too_long_for_exact_integers_are_not_compared() {
        let long = "0.1234567890123456789012345678";
        let form = paid(money("RMB", long, 1, 18), money("HKD", long, 1, 21), rate(("RMB", "1"), ("HKD", long), 22));
        assert_eq!(codes(&form), []);
    }

    #[test]
    fn a_rate_of_zero_is_no_rate_and_divides_nothing() {
        for at in [rate(("RMB", "0"), ("HKD", "1.1"), 22), rate(("RMB", "1"), ("HKD", "0"), 22)] {
            let form = paid(money("RMB", "0.4", 1, 18), money("HKD", "0.44", 1, 21), at);
            assert_eq!(codes(&form), [Code::InvalidAmount]);
        }
    }
}

mod consistency {
    use super::*;

    fn codes_in(document: Document, form: &Form<'_>) -> Vec<Code> {
        match normalise(&document, form, Vec::new(), &Rules::default()) {
            Ok((_, findings)) | Err(findings) => findings.iter().map(|finding| finding.code).collect(),
        }
    }

    #[test]
    fn a_header_names_the_share_by_any_of_its_codes() {
        let form = Form {
            counters: stated(vec![Counter { stock_code: "89876".into(), currency: currency("RMB") }], "89876 RMB", 8),
            ..form()
        };
        for (header, expected) in
            [("09876", None), ("9876", None), ("89876", None), ("00700", Some(Code::StockCodeOffHeader))]
        {
            let document = Document { stock_code: Some(header.into()), ..document() };
            assert_eq!(codes_in(document, &form), expected.into_iter().collect::<Vec<_>>(), "{header}");
        }
    }

    #[test]
    fn a_renminbi_counter_ends_like_the_stock_code() {
        let form = |code: &str, money: &str| Form {
            counters: stated(vec![Counter { stock_code: code.into(), currency: currency(money) }], code, 8),
            ..form()
        };
        assert_eq!(codes(&form("89876", "RMB")), []);
        assert_eq!(codes(&form("12345", "USD")), [], "only renminbi counters have a rule");
        says(
            &form("89867", "RMB"),
            Code::CounterCodeUnusual,
            "/instrument/counters",
            "found `89867`, expected 89876, line 8.",
        );
    }

    #[test]
    fn a_form_is_dated_shortly_before_its_release_in_hong_kong() {
        let update = Form {
            status: stated(AnnouncementStatus::Update, "Update", 12),
            update_reason: text("Rate", 13),
            ..form()
        };
        let before = [Code::AnnouncedAfterRelease];
        let long = [Code::AnnouncedLongBeforeRelease];
        for (published_at, form, expected) in [
            ("2025-03-20T12:05:00+08:00", &form(), [].as_slice()),
            ("2025-03-19T16:00:00Z", &form(), &[]),
            ("2025-03-19T15:59:00Z", &form(), &before),
            ("2025-03-27T23:00:00+08:00", &form(), &[]),
            ("2025-03-28T00:00:00+08:00", &form(), &long),
            ("2025-05-28T00:00:00+08:00", &update, &[]),
            ("yesterday", &form(), &[]),
        ] {
            let document = Document { published_at: Some(published_at.into()), ..document() };
            assert_eq!(codes_in(document, form), expected, "{published_at}");
        }
    }

    #[test]
    fn type_and_nature_agree() {
        let form = |text: &str, nature| Form {
            dividend_type: stated(TypeAndFrequency { dividend_type: DividendType::Other, frequency: None }, text, 14),
            dividend_nature: stated(nature, "nature", 15),
            ..form()
        };
        for (text, nature) in [
            ("其他 特别", Nature::Special),
            ("Final", Nature::Special),
            ("Special", Nature::Other),
            ("Special, ordinary", Nature::Special),
            ("Special, ordinary", Nature::Ordinary),
        ] {
            assert_eq!(codes(&form(text, nature)), [], "{text}");
        }
        for (text, nature) in
            [("其他 特别", Nature::Ordinary), ("Other: Special dividend", Nature::Ordinary), ("普通", Nature::Special)]
        {
            assert_eq!(codes(&form(text, nature)), [Code::TypeContradictsNature], "{text}");
        }
    }

    #[test]
    fn periods_end_in_order() {
        let same_day =
            Form { reporting_period_end: on("2025-03-20", 17), financial_year_end: on("2025-12-31", 16), ..form() };
        assert_eq!(codes(&same_day), []);
        says(
            &Form { reporting_period_end: on("2025-06-30", 17), financial_year_end: on("2025-12-31", 16), ..form() },
            Code::PeriodEndAfterAnnouncement,
            "/dividend/reporting_period_end",
            "found `2025-06-30`, expected on or before the announcement date 2025-03-20, line 17.",
        );
        says(
            &Form { financial_year_end: on("2023-12-31", 16), ..form() },
            Code::YearEndBeforePeriodEnd,
            "/dividend/financial_year_end",
            "found `2023-12-31`, expected on or after the reporting period end 2024-12-31, line 16.",
        );
    }

    #[test]
    fn an_update_without_a_period_is_tied_to_nothing() {
        let no_period = |form: Form<'static>| Form {
            financial_year_end: not_applicable(16),
            reporting_period_end: not_applicable(17),
            ..form
        };
        assert_eq!(codes(&no_period(form())), [Code::IdentityMayBeShared]);
        says(
            &no_period(withdrawal()),
            Code::UntiedUpdate,
            "/corporate_action_id",
            "expected a reporting period end or a financial year end, line 17.",
        );
    }

    #[test]
    fn new_shares_are_dealt_in_once_their_certificates_are_sent() {
        let mut form = scrip_form();
        form.first_dealing_date = on("2025-06-13", 43);
        says(
            &form,
            Code::DealingBeforeCertificates,
            "/payment_options/1/scrip/first_dealing_date",
            "found `2025-06-13`, expected on or after the certificates' despatch 2025-06-16, line 43.",
        );
    }
}

#[test]
fn all_findings_of_a_form_come_at_once() {
    let form = Form {
        stock_code: unparsed("9876", 7),
        default_payment: unparsed("see notice", 21),
        record_date: on("2025-06-20", 26),
        payment_date: unparsed("mid-June", 27),
        lodgement_deadline: at("2025-05-27 17:00", 24),
        ..form()
    };
    assert_eq!(
        codes(&form),
        [
            Code::InvalidStockCode,
            Code::UnreadableRequiredValue,
            Code::UnreadableValue,
            Code::LodgementTimeUnusual,
            Code::RecordDateOffBookClose,
        ]
    );
}

mod plausibility {
    use super::*;

    #[test]
    fn a_currency_is_one_of_iso_4217_when_the_form_is_announced() {
        for code in ["HKO", "GBX", "CNH", "DEM", "XXX"] {
            let at = rate((code, "1"), (code, "1"), 22);
            let form = Form {
                declared: money(code, "0.25", 1, 18),
                default_payment: half_known(code, 21),
                exchange_rate: at,
                ..form()
            };
            let findings = findings(&form);
            let fields: Vec<&str> = findings.iter().map(|finding| &*finding.field).collect();
            assert!(findings.iter().all(|finding| finding.code == Code::UnknownCurrency), "{findings:?}");
            assert_eq!(
                fields,
                [
                    "/dividend/declared/currency",
                    "/payment_options/0/currency",
                    "/payment_options/0/exchange_rate/base_currency",
                    "/payment_options/0/exchange_rate/quote_currency",
                ]
            );
        }
        let kuna = |announced| Form { announcement_date: on(announced, 11), ..currency_form() };
        let in_kuna = |announced| Form { first_option: money("HRK", "0.23", 1, 48), ..kuna(announced) };
        let unknown = |form: &Form<'_>| codes(form).contains(&Code::UnknownCurrency);
        assert!(!unknown(&in_kuna("2022-03-20")) && unknown(&in_kuna("2024-03-20")));
        let counter = Counter { stock_code: "89876".into(), currency: currency("HKO") };
        assert!(unknown(&Form { counters: stated(vec![counter], "89876 HKO", 8), ..form() }));
    }

    #[test]
    fn nothing_is_zero() {
        let zero = Form { exchange_rate: rate(("HKD", "1"), ("USD", "0"), 22), ..form() };
        assert!(codes(&zero).contains(&Code::InvalidAmount));
        let free = exdate::form::Price { currency: currency("HKD"), amount: amount("0.00") };
        assert_eq!(codes(&Form { scrip_price: stated(free, "HKD 0.00", 41), ..scrip_form() }), [Code::InvalidAmount]);
        assert_eq!(codes(&Form { stock_code: code("00000", 7), ..form() }), [Code::StockCodeZero]);
    }

    #[test]
    fn a_counter_is_not_the_issuer() {
        assert_eq!(codes(&Form { stock_code: code("89876", 7), ..form() }), [Code::StockCodeOfACounter]);
        let counter = Counter { stock_code: "49876".into(), currency: currency("USD") };
        let listed = Form { stock_code: code("49876", 7), counters: stated(vec![counter], "49876 USD", 8), ..form() };
        assert_eq!(codes(&listed), [Code::StockCodeOfACounter]);
        assert_eq!(codes(&Form { stock_code: code("08876", 7), ..form() }), []);
    }

    #[test]
    fn the_timetable_of_a_new_announcement_follows_it_within_two_years() {
        let announced = |on_day, status| {
            let status = stated(status, "...", 12);
            let periods = (not_applicable(16), not_applicable(17), not_applicable(19));
            let (financial_year_end, reporting_period_end, approval_date) = periods;
            let announcement_date = on(on_day, 11);
            let form = Form { announcement_date, status, financial_year_end, reporting_period_end, ..form() };
            let odd = findings(&Form { approval_date, ..form });
            let fields = odd.into_iter().filter(|odd| odd.field.starts_with("/dates/"));
            fields.map(|odd| (odd.code, odd.field.into_owned())).collect::<Vec<_>>()
        };
        let all =
            |code| ["ex_date", "record_date", "payment_date"].map(|name| (code, format!("/dates/{name}"))).to_vec();
        assert_eq!(announced("2026-03-20", AnnouncementStatus::New), all(Code::DateBeforeAnnouncement));
        assert_eq!(announced("2023-03-20", AnnouncementStatus::New), all(Code::DateFarAfterAnnouncement));
        let paid_before = vec![(Code::DateBeforeAnnouncement, "/dates/ex_date".to_owned())];
        assert_eq!(announced("2025-05-27", AnnouncementStatus::New), paid_before);
        assert_eq!(announced("2026-03-20", AnnouncementStatus::Update), []);
        assert_eq!(announced("2024-03-20", AnnouncementStatus::New), []);
    }

    #[test]
    fn a_dividend_is_for_a_year_that_ends_near_its_announcement() {
        let year =
            |day| codes(&Form { financial_year_end: on(day, 16), reporting_period_end: not_applicable(17), ..form() });
        for day in ["2023-03-31", "2024-12-31", "2025-12-31", "2026-03-31"] {
            assert_eq!(year(day), [], "{day}");
        }
        for day in ["2014-12-31", "2022-12-31", "2034-12-31"] {
            assert_eq!(year(day), [Code::PeriodOutOfReach], "{day}");
        }
        assert_eq!(codes(&Form { reporting_period_end: on("2014-12-31", 17), ..form() }), [Code::PeriodOutOfReach]);
    }
}

mod identity {
    use super::*;

    fn kind(dividend_type: DividendType, text: &str) -> Printed<'static, TypeAndFrequency> {
        stated(TypeAndFrequency { dividend_type, frequency: None }, text, 14)
    }

    #[test]
    fn it_may_be_shared_where_it_rests_on_less_than_the_period() {
        use DividendType::{Final, Interim, Other};
        use Nature::{Ordinary, Special};
        let shared = [Code::IdentityMayBeShared];
        let year = || on("2024-12-31", 16);
        for (dividend_type, nature, financial_year_end, expected) in [
            (Other, Special, year(), &shared[..]),
            (Final, Special, year(), &shared),
            (Interim, Ordinary, year(), &shared),
            (Interim, Special, year(), &shared),
            (Final, Ordinary, year(), &[]),
            (Interim, Ordinary, not_applicable(16), &shared),
            (Final, Ordinary, not_applicable(16), &shared),
            (Other, Special, not_applicable(16), &[]),
        ] {
            let without_period = Form {
                dividend_type: kind(dividend_type, "..."),
                dividend_nature: stated(nature, "...", 15),
                financial_year_end,
                reporting_period_end: not_applicable(17),
                ..form()
            };
            assert_eq!(codes(&without_period), expected, "{dividend_type:?} {nature:?}");
        }
        let update = Form {
            status: stated(AnnouncementStatus::Update, "...", 12),
            financial_year_end: not_applicable(16),
            reporting_period_end: not_applicable(17),
            ..form()
        };
        assert_eq!(codes(&update), [Code::UntiedUpdate], "one fact is one finding");
    }

    #[test]
    fn a_distribution_in_specie_says_what_is_distributed() {
        let security = |printed: &'static str, title: &'static str| {
            let dividend_type = kind(DividendType::Other, printed);
            let form = Form { dividend_type, announcement_title: text(title, 10), ..scrip_form() };
            let event = super::super::event(&form);
            event.payment_options.last().and_then(|option| option.security.clone())
        };
        for (printed, title, expected) in [
            ("其他遠洋漁業有限公司之股票", "實物分派", Some("遠洋漁業有限公司之股票")),
            ("其他 遠洋漁業有限公司的股份", "特別股息", Some("遠洋漁業有限公司的股份")),
            ("Other shares of Ocean Fisheries Limited", "Special dividend", Some("shares of Ocean Fisheries Limited")),
            ("Other Distribution in specie", "Special dividend", Some("Distribution in specie")),
            ("Other", "Distribution in Specie of Ocean Fisheries", Some("Distribution in Specie of Ocean Fisheries")),
            ("其他特別股息", "特別股息", None),
            ("其他 以股代息之股份", "特別股息", None),
            ("Other New shares of the Company", "Special dividend", None),
        ] {
            assert_eq!(security(printed, title).as_deref(), expected, "{printed}");
        }
        let final_dividend = Form { announcement_title: text("實物分派", 10), ..scrip_form() };
        let options = super::super::event(&final_dividend).payment_options;
        assert!(options.iter().all(|option| option.security.is_none()), "a type that is known is none");
    }
}
