//! The fields of transactions.
//!
//! Made of the vendor's published XSD: facts, a line a type. `s` text, `k` id, `n` decimal, `i` whole number, `b` yes or no, `d` day, `t` time, `R` reference,
//! `E.` a word of an enumeration, `T.` another type, `o` anything; `+` a list.

/// The types of these shapes, and their fields.
#[rustfmt::skip]
pub(super) const PAPERS: &[(&str, &str)] = &[
    ("Invoice", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n AutoDocNumber:b CustomerRef:R CustomerMemo:R \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress FreeFormAddress:b ShipFromAddr:T.PhysicalAddress \
        RemitToRef:R ClassRef:R SalesTermRef:R DueDate:d SalesRepRef:R PONumber:s FOB:s ShipMethodRef:R ShipDate:d \
        TrackingNum:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        ApplyTaxAfterDiscount:b ShippingTaxIncludedInTotalTax:b TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum BillEmail:T.EmailAddress BillEmailCc:T.EmailAddress BillEmailBcc:T.EmailAddress \
        ARAccountRef:R Balance:n HomeBalance:n FinanceCharge:b PaymentMethodRef:R PaymentRefNum:s \
        PaymentType:E.PaymentTypeEnum CheckPayment:o CreditCardPayment:o DepositToAccountRef:R DeliveryInfo:o \
        DiscountRate:n DiscountAmt:n GovtTxnRefIdentifier:s TaxExemptionRef:R Deposit:n AllowIPNPayment:b \
        AllowOnlinePayment:b AllowOnlineCreditCardPayment:b AllowOnlineACHPayment:b AllowOnlinePayPalPayment:b \
        AllowOnlineAffirmPayment:b EInvoiceStatus:E.ETransactionStatusEnum ECloudStatusTimeStamp:t CfdiUse:i \
        Exportation:s GlobalInfo:o invoiceStatus:s callToAction:s invoiceStatusLog:o+ InvoiceEx:o LessCIS:n \
        InvoiceLink:s PaymentDetailsMessage:s ConvenienceFeeDetail:o EnabledSurchargeInfo:o InvoiceLinkSecurityCode:s \
        InvoiceLinkExpiryDate:d AutoPayEligible:b SchedulePayEligible:b ScheduledPaymentId:s GratuityEnabled:b \
        FinancingProductType:E.FinancingProductTypeEnum SubscriptionPaymentsSetting:E.SubscriptionPaymentsSettingEnum \
        TxnRetainageDetail:o"),
    ("Payment", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n CustomerRef:R RemitToRef:R ARAccountRef:R \
        DepositToAccountRef:R PaymentMethodRef:R PaymentRefNum:s PaymentType:E.PaymentTypeEnum CheckPayment:o \
        CreditCardPayment:o TotalAmt:n UnappliedAmt:n ProcessPayment:b PaymentExtendedType:E.PaymentExtendedTypeEnum \
        PaymentEx:o"),
    ("CreditMemo", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n AutoDocNumber:b CustomerRef:R CustomerMemo:R \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress FreeFormAddress:b ShipFromAddr:T.PhysicalAddress \
        RemitToRef:R ClassRef:R SalesTermRef:R DueDate:d SalesRepRef:R PONumber:s FOB:s ShipMethodRef:R ShipDate:d \
        TrackingNum:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        ApplyTaxAfterDiscount:b ShippingTaxIncludedInTotalTax:b TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum BillEmail:T.EmailAddress BillEmailCc:T.EmailAddress BillEmailBcc:T.EmailAddress \
        ARAccountRef:R Balance:n HomeBalance:n FinanceCharge:b PaymentMethodRef:R PaymentRefNum:s \
        PaymentType:E.PaymentTypeEnum CheckPayment:o CreditCardPayment:o DepositToAccountRef:R DeliveryInfo:o \
        DiscountRate:n DiscountAmt:n GovtTxnRefIdentifier:s TaxExemptionRef:R RemainingCredit:n InvoiceRef:R \
        CreditMemoEx:o"),
    ("RefundReceipt", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n AutoDocNumber:b CustomerRef:R CustomerMemo:R \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress FreeFormAddress:b ShipFromAddr:T.PhysicalAddress \
        RemitToRef:R ClassRef:R SalesTermRef:R DueDate:d SalesRepRef:R PONumber:s FOB:s ShipMethodRef:R ShipDate:d \
        TrackingNum:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        ApplyTaxAfterDiscount:b ShippingTaxIncludedInTotalTax:b TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum BillEmail:T.EmailAddress BillEmailCc:T.EmailAddress BillEmailBcc:T.EmailAddress \
        ARAccountRef:R Balance:n HomeBalance:n FinanceCharge:b PaymentMethodRef:R PaymentRefNum:s \
        PaymentType:E.PaymentTypeEnum CheckPayment:o CreditCardPayment:o DepositToAccountRef:R DeliveryInfo:o \
        DiscountRate:n DiscountAmt:n GovtTxnRefIdentifier:s TaxExemptionRef:R RemainingCredit:n RefundReceiptEx:o"),
    ("SalesReceipt", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n AutoDocNumber:b CustomerRef:R CustomerMemo:R \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress FreeFormAddress:b ShipFromAddr:T.PhysicalAddress \
        RemitToRef:R ClassRef:R SalesTermRef:R DueDate:d SalesRepRef:R PONumber:s FOB:s ShipMethodRef:R ShipDate:d \
        TrackingNum:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        ApplyTaxAfterDiscount:b ShippingTaxIncludedInTotalTax:b TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum BillEmail:T.EmailAddress BillEmailCc:T.EmailAddress BillEmailBcc:T.EmailAddress \
        ARAccountRef:R Balance:n HomeBalance:n FinanceCharge:b PaymentMethodRef:R PaymentRefNum:s \
        PaymentType:E.PaymentTypeEnum CheckPayment:o CreditCardPayment:o DepositToAccountRef:R DeliveryInfo:o \
        DiscountRate:n DiscountAmt:n GovtTxnRefIdentifier:s TaxExemptionRef:R SalesReceiptEx:o LessCIS:n"),
    ("Estimate", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n AutoDocNumber:b CustomerRef:R CustomerMemo:R \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress FreeFormAddress:b ShipFromAddr:T.PhysicalAddress \
        RemitToRef:R ClassRef:R SalesTermRef:R DueDate:d SalesRepRef:R PONumber:s FOB:s ShipMethodRef:R ShipDate:d \
        TrackingNum:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        ApplyTaxAfterDiscount:b ShippingTaxIncludedInTotalTax:b TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum BillEmail:T.EmailAddress BillEmailCc:T.EmailAddress BillEmailBcc:T.EmailAddress \
        ARAccountRef:R Balance:n HomeBalance:n FinanceCharge:b PaymentMethodRef:R PaymentRefNum:s \
        PaymentType:E.PaymentTypeEnum CheckPayment:o CreditCardPayment:o DepositToAccountRef:R DeliveryInfo:o \
        DiscountRate:n DiscountAmt:n GovtTxnRefIdentifier:s TaxExemptionRef:R ExpirationDate:d AcceptedBy:s \
        AcceptedDate:d EstimateEx:o"),
    ("Bill", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n VendorRef:R APAccountRef:R TotalAmt:n \
        BillEmail:T.EmailAddress ReplyEmail:T.EmailAddress Memo:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum \
        PayerRef:R SalesTermRef:R DueDate:d RemitToAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress \
        VendorAddr:T.PhysicalAddress Balance:n HomeBalance:n BillEx:o LessCIS:n IncludeInAnnualTPAR:b"),
    ("PurchaseOrder", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n VendorRef:R APAccountRef:R TotalAmt:n \
        BillEmail:T.EmailAddress ReplyEmail:T.EmailAddress Memo:s GlobalTaxCalculation:E.GlobalTaxCalculationEnum \
        TaxCodeRef:R ClassRef:R ReimbursableInfoRef:R SalesTermRef:R DueDate:d ExpectedDate:d \
        VendorAddr:T.PhysicalAddress ShipTo:R DropShipToEntity:R InventorySiteRef:R ShipAddr:T.PhysicalAddress \
        ShipMethodRef:R FOB:s POEmail:T.EmailAddress TemplateRef:R PrintStatus:E.PrintStatusEnum \
        EmailStatus:E.EmailStatusEnum ManuallyClosed:b POStatus:E.PurchaseOrderStatusEnum PurchaseOrderEx:o"),
    ("JournalEntry", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b DocNumber:s TxnDate:d TxnSubType:E.TxnSubTypeEnum DepartmentRef:R CurrencyRef:R ExchangeRate:n \
        PrivateNote:s TxnStatus:s LinkedTxn:T.LinkedTxn+ Line:T.Line+ TxnTaxDetail:T.TxnTaxDetail TxnSource:s \
        TaxFormType:s TaxFormNum:s TransactionLocationType:s Tag:o+ TxnApprovalInfo:o RecurDataRef:R RecurringInfo:o \
        ProjectRef:R TotalCostAmount:n HomeTotalCostAmount:n Adjustment:b HomeCurrencyAdjustment:b \
        EnteredInHomeCurrency:b GlobalTaxCalculation:E.GlobalTaxCalculationEnum TotalAmt:n HomeTotalAmt:n \
        JournalEntryEx:o"),
    ("Attachable", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b FileName:s FileAccessUri:s TempDownloadUri:s Size:o ContentType:s Category:s Lat:s Long:s PlaceName:s \
        Note:s Tag:s ThumbnailFileAccessUri:s ThumbnailTempDownloadUri:s AttachableEx:o documentId:s"),
];
