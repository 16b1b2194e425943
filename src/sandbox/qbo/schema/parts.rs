//! The fields of what stands within: lines, addresses, tax.
//!
//! Made of the vendor's published XSD: facts, a line a type. `s` text, `k` id, `n` decimal, `i` whole number, `b` yes or no, `d` day, `t` time, `R` reference,
//! `E.` a word of an enumeration, `T.` another type, `o` anything; `+` a list.

/// The types of these shapes, and their fields.
#[rustfmt::skip]
pub(super) const PARTS: &[(&str, &str)] = &[
    ("AccountBasedExpenseLineDetail", "\
        CustomerRef:R ClassRef:R AccountRef:R BillableStatus:E.BillableStatusEnum MarkupInfo:o TaxAmount:n \
        TaxCodeRef:R TaxInclusiveAmt:n ExpenseDetailLineDetailEx:o"),
    ("CurrencyPrefs", "\
        MultiCurrencyEnabled:b HomeCurrency:R"),
    ("CustomField", "\
        DefinitionId:k Name:s Type:E.CustomFieldTypeEnum StringValue:s BooleanValue:b DateValue:d NumberValue:n"),
    ("DescriptionLineDetail", "\
        ServiceDate:d TaxCodeRef:R DescriptionLineDetailEx:o"),
    ("DiscountLineDetail", "\
        DiscountRef:R PercentBased:b DiscountPercent:n DiscountAccountRef:R ServiceDate:d ClassRef:R TaxCodeRef:R \
        DiscountLineDetailEx:o"),
    ("DiscountOverride", "\
        DiscountRef:R PercentBased:b DiscountPercent:n DiscountAccountRef:R"),
    ("EffectiveTaxRate", "\
        RateValue:n EffectiveDate:t EndDate:t EffectiveTaxRateEx:o"),
    ("EmailAddress", "\
        Id:k Address:s Default:b Tag:s"),
    ("GroupLineDetail", "\
        GroupItemRef:R Quantity:n UOMRef:o ServiceDate:d Line:T.Line+ GroupLineDetailEx:o"),
    ("ItemBasedExpenseLineDetail", "\
        ItemRef:R ClassRef:R UnitPrice:n UnitCostPrice:n RatePercent:n PriceLevelRef:R MarkupInfo:o Qty:n UOMRef:o \
        ItemAccountRef:R InventorySiteRef:R TaxCodeRef:R TaxClassificationRef:R CustomerRef:R \
        BillableStatus:E.BillableStatusEnum TaxInclusiveAmt:n ItemBasedExpenseLineDetailEx:o"),
    ("Line", "\
        Id:k LineNum:o Description:s Amount:n Received:n LinkedTxn:T.LinkedTxn+ DetailType:E.LineDetailTypeEnum \
        PaymentLineDetail:T.PaymentLineDetail DiscountLineDetail:T.DiscountLineDetail TaxLineDetail:T.TaxLineDetail \
        SalesItemLineDetail:T.SalesItemLineDetail DescriptionLineDetail:T.DescriptionLineDetail \
        ItemBasedExpenseLineDetail:T.ItemBasedExpenseLineDetail \
        AccountBasedExpenseLineDetail:T.AccountBasedExpenseLineDetail ReimburseLineDetail:o DepositLineDetail:o \
        PurchaseOrderItemLineDetail:o SalesOrderItemLineDetail:o ItemReceiptLineDetail:o JournalEntryLineDetail:o \
        GroupLineDetail:T.GroupLineDetail SubTotalLineDetail:T.SubTotalLineDetail TDSLineDetail:o \
        ItemAdjustmentLineDetail:o CustomField:T.CustomField+ LineEx:o ProjectRef:R CostAmount:n HomeCostAmount:n \
        CustomExtensions:o+"),
    ("LinkedTxn", "\
        TxnId:k TxnType:s TxnLineId:k"),
    ("NameValue", "\
        Name:s Value:s"),
    ("OtherPrefs", "\
        NameValue:T.NameValue+"),
    ("PaymentLineDetail", "\
        ItemRef:R ServiceDate:d ClassRef:R Balance:n HomeBalance:n Discount:T.DiscountOverride PaymentLineEx:o"),
    ("PhysicalAddress", "\
        Id:k Line1:s Line2:s Line3:s Line4:s Line5:s City:s Country:s CountryCode:s County:s CountrySubDivisionCode:s \
        PostalCode:s PostalCodeSuffix:s Lat:s Long:s Tag:s Note:s"),
    ("SalesFormsPrefs", "\
        UsingProgressInvoicing:b CustomField:o+ CustomTxnNumbers:b DelayedCharges:b SalesEmailCc:T.EmailAddress \
        SalesEmailBcc:T.EmailAddress EmailCopyToCompany:b AllowDeposit:b AllowDiscount:b DefaultDiscountAccount:s \
        AllowEstimates:b EstimateMessage:s ETransactionEnabledStatus:E.ETransactionEnabledStatusEnum \
        ETransactionAttachPDF:b ETransactionPaymentEnabled:b IPNSupportEnabled:b InvoiceMessage:s AllowServiceDate:b \
        AllowShipping:b DefaultShippingAccount:s DefaultItem:R DefaultTerms:R DefaultDeliveryMethod:s \
        AutoApplyCredit:b AutoApplyPayments:b PrintItemWithZeroAmount:b DefaultShipMethodRef:R DefaultMarkup:n \
        TrackReimbursableExpensesAsIncome:b UsingSalesOrders:b UsingPriceLevels:b DefaultFOB:s \
        DefaultCustomerMessage:s"),
    ("SalesItemLineDetail", "\
        ItemRef:R ClassRef:R UnitPrice:n UnitCostPrice:n RatePercent:n PriceLevelRef:R MarkupInfo:o Qty:n UOMRef:o \
        ItemAccountRef:R InventorySiteRef:R TaxCodeRef:R TaxClassificationRef:R ServiceDate:d TaxInclusiveAmt:n \
        DiscountRate:n DiscountAmt:n DeferredRevenue:b RetainageAmount:n SalesItemLineDetailEx:o"),
    ("SubTotalLineDetail", "\
        ItemRef:R ServiceDate:d"),
    ("TaxLineDetail", "\
        TaxRateRef:R PercentBased:b TaxPercent:n NetAmountTaxable:n TaxInclusiveAmount:n OverrideDeltaAmount:n \
        ServiceDate:d TaxLineDetailEx:o"),
    ("TaxPrefs", "\
        UsingSalesTax:b PartnerTaxEnabled:b HideTaxManagement:b TaxGroupCodeRef:R TaxRateRef:R \
        PaySalesTax:E.PaySalesTaxEnum NonTaxableSalesTaxCodeRef:R TaxableSalesTaxCodeRef:R"),
    ("TaxRateDetail", "\
        TaxRateRef:R TaxTypeApplicable:E.TaxTypeApplicablityEnum TaxOrder:i TaxOnTaxOrder:i"),
    ("TaxRateList", "\
        TaxRateDetail:T.TaxRateDetail+ originatingGroupId:s"),
    ("TelephoneNumber", "\
        Id:k DeviceType:s CountryCode:s AreaCode:s ExchangeCode:s Extension:s FreeFormNumber:s Default:b Tag:s"),
    ("TxnTaxDetail", "\
        DefaultTaxCodeRef:R TxnTaxCodeRef:R TotalTax:n TaxReviewStatus:E.TaxReviewStatusEnum TaxLine:T.Line+ \
        UseAutomatedSalesTax:b"),
];
