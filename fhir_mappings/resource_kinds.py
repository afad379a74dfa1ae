"""Which FHIR R4 resource types there are, and which element of each names its patient."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["PATIENT_BOUND", "PATIENT_ELEMENTS", "R4_TYPES", "RECORD_TYPES"]

R4_TYPES: Final = frozenset(
    """
    Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
    BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
    CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
    CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
    DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
    FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
    Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
    MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
    MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation
    Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole
    Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule
    SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription
    Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities
    TestReport TestScript ValueSet VerificationResult VisionPrescription
    """.split()
)
"""The concrete resource types of FHIR 4.0.1."""

RECORD_TYPES: Final = (
    "AllergyIntolerance",
    "BodyStructure",
    "CarePlan",
    "CareTeam",
    "Condition",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
    "QuestionnaireResponse",
    "ServiceRequest",
    "Specimen",
)
"""The types a whole record speaks about even when it holds none of them."""

PATIENT_BOUND: Final = frozenset(RECORD_TYPES) - {"Patient", "Specimen"} | frozenset(
    """
    AdverseEvent ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Consent Coverage
    DetectedIssue DeviceRequest DeviceUseStatement DocumentManifest EpisodeOfCare ExplanationOfBenefit
    FamilyMemberHistory Flag GuidanceResponse ImmunizationEvaluation ImmunizationRecommendation Media
    NutritionOrder RelatedPerson RequestGroup ResearchSubject RiskAssessment VisionPrescription
    """.split()
)
"""Types that say something about one patient; without a usable patient reference they are left out (SS-04)."""

PATIENT_ELEMENTS: Final = MappingProxyType({"Coverage": "beneficiary", "ResearchSubject": "individual", "Task": "for"})
"""Where a type names its patient elsewhere than in `subject` or `patient`."""
