//! The fields of lists and settings.
//!
//! Made of the vendor's published XSD: facts, a line a type. `s` text, `k` id, `n` decimal, `i` whole number, `b` yes or no, `d` day, `t` time, `R` reference,
//! `E.` a word of an enumeration, `T.` another type, `o` anything; `+` a list.

/// The types of these shapes, and their fields.
#[rustfmt::skip]
pub(super) const LISTS: &[(&str, &str)] = &[
    ("CompanyInfo", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b CompanyName:s LegalName:s CompanyAddr:T.PhysicalAddress CustomerCommunicationAddr:T.PhysicalAddress \
        LegalAddr:T.PhysicalAddress CompanyEmailAddr:T.EmailAddress CustomerCommunicationEmailAddr:T.EmailAddress \
        CompanyURL:o PrimaryPhone:T.TelephoneNumber OtherContactInfo:o+ CompanyFileName:s FlavorStratum:s SampleFile:b \
        CompanyUserId:s CompanyUserAdminEmail:s CompanyStartDate:d EmployerId:s FiscalYearStartMonth:E.MonthEnum \
        TaxYearStartMonth:E.MonthEnum QBVersion:s Country:s ShipAddr:T.PhysicalAddress OtherAddr:T.PhysicalAddress+ \
        Mobile:T.TelephoneNumber Fax:T.TelephoneNumber Email:T.EmailAddress WebAddr:o LastImportedTime:t \
        LastSyncTime:t SupportedLanguages:s DefaultTimeZone:s MultiByteCharsSupported:b NameValue:T.NameValue+ \
        FifoCalculationStatus:E.FifoCalculationStatus CompanyInfoEx:o"),
    ("Preferences", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b AccountingInfoPrefs:o AdvancedInventoryPrefs:o ProductAndServicesPrefs:o \
        SalesFormsPrefs:T.SalesFormsPrefs EmailMessagesPrefs:o PrintDocumentPrefs:o VendorAndPurchasesPrefs:o \
        TimeTrackingPrefs:o TaxPrefs:T.TaxPrefs FinanceChargesPrefs:o CurrencyPrefs:T.CurrencyPrefs ReportPrefs:o \
        OtherPrefs:T.OtherPrefs"),
    ("Customer", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b IntuitId:s Organization:b Title:s GivenName:s MiddleName:s FamilyName:s Suffix:s FullyQualifiedName:s \
        CompanyName:s DisplayName:s PrintOnCheckName:s UserId:s Active:b V4IDPseudonym:s \
        PrimaryPhone:T.TelephoneNumber AlternatePhone:T.TelephoneNumber Mobile:T.TelephoneNumber Fax:T.TelephoneNumber \
        PrimaryEmailAddr:T.EmailAddress WebAddr:o OtherContactInfo:o+ DefaultTaxCodeRef:R Taxable:b \
        BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress OtherAddr:T.PhysicalAddress+ ContactName:s \
        AltContactName:s Notes:s Job:b BillWithParent:b RootCustomerRef:R ParentRef:R Level:i CustomerTypeRef:R \
        SalesTermRef:R SalesRepRef:R TaxGroupCodeRef:R TaxRateRef:R PaymentMethodRef:R CCDetail:o PriceLevelRef:R \
        Balance:n OpenBalanceDate:d BalanceWithJobs:n CreditLimit:n AcctNum:s CurrencyRef:R OverDueBalance:n \
        TotalRevenue:n TotalExpense:n PreferredDeliveryMethod:s ResaleNum:s JobInfo:o TDSEnabled:b CustomerEx:o \
        SecondaryTaxIdentifier:s ARAccountRef:R PrimaryTaxIdentifier:s TaxExemptionReasonId:s IsProject:b \
        BusinessNumber:s GSTIN:s GSTRegistrationType:s IsCISContractor:b ClientCompanyId:s ClientEntityId:s Source:s \
        TaxRegime:s"),
    ("Vendor", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b IntuitId:s Organization:b Title:s GivenName:s MiddleName:s FamilyName:s Suffix:s FullyQualifiedName:s \
        CompanyName:s DisplayName:s PrintOnCheckName:s UserId:s Active:b V4IDPseudonym:s \
        PrimaryPhone:T.TelephoneNumber AlternatePhone:T.TelephoneNumber Mobile:T.TelephoneNumber Fax:T.TelephoneNumber \
        PrimaryEmailAddr:T.EmailAddress WebAddr:o OtherContactInfo:o+ DefaultTaxCodeRef:R ContactName:s \
        AltContactName:s Notes:s BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress OtherAddr:T.PhysicalAddress+ \
        TaxCountry:s TaxIdentifier:s TaxIdEffectiveDate:d BusinessNumber:s ParentRef:R VendorTypeRef:R TermRef:R \
        PrefillAccountRef:R Balance:n BillRate:n OpenBalanceDate:d CreditLimit:n AcctNum:s Vendor1099:b T4AEligible:b \
        T5018Eligible:b CurrencyRef:R TDSEnabled:b TDSEntityTypeId:i TDSSectionTypeId:i TDSOverrideThreshold:b \
        TaxReportingBasis:s APAccountRef:R VendorEx:o GSTIN:s GSTRegistrationType:s IsSubContractor:b \
        SubcontractorType:s CISRate:s HasTPAR:b VendorPaymentBankDetail:o Source:s CostRate:n \
        AgencyVerificationStatus:E.AgencyVerificationStatus AgencyVerificationStatusMsg:s AgencyVerificationTSUTC:t \
        CompanyRegistrationNumber:s"),
    ("Employee", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b IntuitId:s Organization:b Title:s GivenName:s MiddleName:s FamilyName:s Suffix:s FullyQualifiedName:s \
        CompanyName:s DisplayName:s PrintOnCheckName:s UserId:s Active:b V4IDPseudonym:s \
        PrimaryPhone:T.TelephoneNumber AlternatePhone:T.TelephoneNumber Mobile:T.TelephoneNumber Fax:T.TelephoneNumber \
        PrimaryEmailAddr:T.EmailAddress WebAddr:o OtherContactInfo:o+ DefaultTaxCodeRef:R EmployeeType:s \
        EmployeeNumber:s SSN:s PrimaryAddr:T.PhysicalAddress OtherAddr:T.PhysicalAddress+ BillableTime:b BillRate:n \
        BirthDate:d Gender:E.gender HiredDate:d ReleasedDate:d UseTimeEntry:E.TimeEntryUsedForPaychecksEnum \
        EmployeeEx:o CostRate:n Notes:s"),
    ("Item", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s Sku:s Description:s Active:b SubItem:b ParentRef:R Level:i FullyQualifiedName:s Taxable:b \
        SalesTaxIncluded:b PercentBased:b UnitPrice:n RatePercent:n Type:E.ItemTypeEnum PaymentMethodRef:R UOMSetRef:R \
        IncomeAccountRef:R PurchaseDesc:s PurchaseTaxIncluded:b PurchaseCost:n ExpenseAccountRef:R COGSAccountRef:R \
        AssetAccountRef:R PrefVendorRef:R AvgCost:n TrackQtyOnHand:b QtyOnHand:n QtyOnPurchaseOrder:n \
        QtyOnSalesOrder:n ReorderPoint:n ManPartNum:s DepositToAccountRef:R SalesTaxCodeRef:R PurchaseTaxCodeRef:R \
        InvStartDate:d BuildPoint:n PrintGroupedItems:b SpecialItem:b SpecialItemType:E.SpecialItemTypeEnum \
        ItemGroupDetail:o ItemAssemblyDetail:o AbatementRate:n ReverseChargeRate:n ServiceType:s ItemCategoryType:s \
        ItemEx:o TaxClassificationRef:R UQCDisplayText:s UQCId:s ClassRef:R Source:s DeferredRevenue:b \
        CustomExtensions:o+"),
    ("Account", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s SubAccount:b ParentRef:R Description:s FullyQualifiedName:s AccountAlias:s TxnLocationType:s \
        Active:b Classification:E.AccountClassificationEnum AccountType:E.AccountTypeEnum AccountSubType:s \
        AccountPurposes:R+ AcctNum:s AcctNumExtn:s BankNum:s OpeningBalance:n OpeningBalanceDate:d CurrentBalance:n \
        CurrentBalanceWithSubAccounts:n CurrencyRef:R TaxAccount:b TaxCodeRef:R OnlineBankingEnabled:b FIName:s \
        JournalCodeRef:R AccountEx:o"),
    ("TaxCode", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s Description:s Active:b Hidden:b Taxable:b TaxGroup:b SalesTaxRateList:T.TaxRateList \
        PurchaseTaxRateList:T.TaxRateList AdjustmentTaxRateList:T.TaxRateList TaxCodeEx:o \
        TaxCodeConfigType:E.GTMConfigTypeEnum"),
    ("TaxRate", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s Description:s Active:b RateValue:n AgencyRef:R TaxReturnLineRef:R \
        EffectiveTaxRate:T.EffectiveTaxRate+ SpecialTaxType:E.SpecialTaxTypeEnum DisplayType:E.TaxRateDisplayTypeEnum \
        TaxRateEx:o OriginalTaxRate:R"),
    ("TaxAgency", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b IntuitId:s Organization:b Title:s GivenName:s MiddleName:s FamilyName:s Suffix:s FullyQualifiedName:s \
        CompanyName:s DisplayName:s PrintOnCheckName:s UserId:s Active:b V4IDPseudonym:s \
        PrimaryPhone:T.TelephoneNumber AlternatePhone:T.TelephoneNumber Mobile:T.TelephoneNumber Fax:T.TelephoneNumber \
        PrimaryEmailAddr:T.EmailAddress WebAddr:o OtherContactInfo:o+ DefaultTaxCodeRef:R ContactName:s \
        AltContactName:s Notes:s BillAddr:T.PhysicalAddress ShipAddr:T.PhysicalAddress OtherAddr:T.PhysicalAddress+ \
        TaxCountry:s TaxIdentifier:s TaxIdEffectiveDate:d BusinessNumber:s ParentRef:R VendorTypeRef:R TermRef:R \
        PrefillAccountRef:R Balance:n BillRate:n OpenBalanceDate:d CreditLimit:n AcctNum:s Vendor1099:b T4AEligible:b \
        T5018Eligible:b CurrencyRef:R TDSEnabled:b TDSEntityTypeId:i TDSSectionTypeId:i TDSOverrideThreshold:b \
        TaxReportingBasis:s APAccountRef:R VendorEx:o GSTIN:s GSTRegistrationType:s IsSubContractor:b \
        SubcontractorType:s CISRate:s HasTPAR:b VendorPaymentBankDetail:o Source:s CostRate:n \
        AgencyVerificationStatus:E.AgencyVerificationStatus AgencyVerificationStatusMsg:s AgencyVerificationTSUTC:t \
        CompanyRegistrationNumber:s SalesTaxCodeRef:R SalesTaxCountry:s SalesTaxReturnRef:R TaxRegistrationNumber:s \
        ReportingPeriod:s TaxTrackedOnPurchases:b TaxOnPurchasesAccountRef:R TaxTrackedOnSales:b \
        TaxTrackedOnSalesAccountRef:R TaxOnTax:b LastFileDate:d TaxAgencyExt:o TaxAgencyConfig:s"),
    ("Class", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s SubClass:b ParentRef:R FullyQualifiedName:s Active:b ClassEx:o"),
    ("Department", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s SubDepartment:b ParentRef:R FullyQualifiedName:s Active:b DepartmentEx:o \
        Address:T.PhysicalAddress"),
    ("Term", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s Active:b Type:s DiscountPercent:n DueDays:i DiscountDays:i DayOfMonthDue:o DueNextMonthDays:o \
        DiscountDayOfMonth:o SalesTermEx:o"),
    ("PaymentMethod", "\
        Id:k SyncToken:s MetaData:o CustomField:T.CustomField+ AttachableRef:o+ domain:s status:E.EntityStatusEnum \
        sparse:b Name:s Active:b Type:s PaymentMethodEx:o"),
];
