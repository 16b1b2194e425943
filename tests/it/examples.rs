//! The programs in `examples/` do what they say.

#[path = "../../examples/explain.rs"]
mod explain;
#[path = "../../examples/one_invoice.rs"]
mod one_invoice;

#[tokio::test(flavor = "multi_thread")]
async fn one_order_becomes_one_invoice() {
    let said = one_invoice::run().await.unwrap();
    assert!(
        said.starts_with("invoice 1041 over 220.00 AUD, of which 50.00 is paid"),
        "{said}"
    );
}

#[test]
fn what_set_each_field_is_told() {
    insta::assert_snapshot!(explain::run().unwrap());
}
