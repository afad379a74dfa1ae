"""The text of the formulas in CQL: one block for each, its name on the first line, blocks parted by an empty line.

`"value of <fact>"`, `"comparator of <fact>"`, `"exact <fact>"` (null for a number known from one side) and
`"unmentioned <fact>"` are replaced by `eligibility.cql.computed`; every other name is a formula or a parameter. The
arithmetic is that of `eligibility.scores`, which names its sources.
"""

__all__ = ["FORMULAS", "KNOWN_INPUTS"]

FORMULAS = """\
value of drv.target_primary:
  case
    when "value of liver.lesion_origin" = 'unknown' then null as String
    when "value of liver.lesion_origin" is not null then "value of liver.lesion_origin"
    when 'liver.lesion_origin' in "what is in conflict" then null as String
    when "exact dx.active_primaries" = 1.0 then "value of dx.primary"
    else null as String
  end

tumour is hepatocellular carcinoma:
  case
    when "value of drv.target_primary" = 'hcc' or "value of liver.lesion_nature" = 'hcc' then true
    when "value of drv.target_primary" is null and "value of dx.primary" = 'hcc' then true
    when "value of drv.target_primary" is null then null as Boolean
    when "value of drv.target_primary" = 'liver_unspecified' then null as Boolean
    else false
  end

value of drv.bili_xuln:
  Round("value of lab.bilirubin" / Coalesce("lab.bilirubin upper limit", 1.2), 8)

creatinine above zero:
  if "exact lab.creatinine" > 0.0 then "exact lab.creatinine" else null as Decimal

bilirubin above zero:
  if "exact lab.bilirubin" > 0.0 then "exact lab.bilirubin" else null as Decimal

creatinine against the limit of the sex:
  "creatinine above zero" / (if "value of pt.sex" = 'female' then 0.7 else 0.9)

value of drv.egfr:
  if "value of pt.sex" is null or "exact pt.age" < 18.0 then null as Decimal
  else Round(142.0
    * Power("smaller"("creatinine against the limit of the sex", 1.0),
      (if "value of pt.sex" = 'female' then -0.241 else -0.302))
    * Power("larger"("creatinine against the limit of the sex", 1.0), -1.2)
    * Power(0.9938, "exact pt.age")
    * (if "value of pt.sex" = 'female' then 1.012 else 1.0), 6)

value of drv.crcl:
  if "value of pt.sex" is null then null as Decimal
  else Round((140.0 - "exact pt.age") * "exact pt.weight_kg" / (72.0 * "creatinine above zero")
    * (if "value of pt.sex" = 'female' then 0.85 else 1.0), 6)

value of drv.renal:
  Coalesce("value of drv.crcl", "value of drv.egfr")

Child-Pugh points of bilirubin:
  case
    when "below"("value of lab.bilirubin", "comparator of lab.bilirubin", 2.0) then 1.0
    when not "at most"("value of lab.bilirubin", "comparator of lab.bilirubin", 3.0) then 3.0
    when not "below"("value of lab.bilirubin", "comparator of lab.bilirubin", 2.0)
      and "at most"("value of lab.bilirubin", "comparator of lab.bilirubin", 3.0) then 2.0
    else null as Decimal
  end

Child-Pugh points of albumin:
  case
    when not "at most"("value of lab.albumin", "comparator of lab.albumin", 3.5) then 1.0
    when "below"("value of lab.albumin", "comparator of lab.albumin", 2.8) then 3.0
    when "at most"("value of lab.albumin", "comparator of lab.albumin", 3.5)
      and not "below"("value of lab.albumin", "comparator of lab.albumin", 2.8) then 2.0
    else null as Decimal
  end

Child-Pugh points of INR:
  case
    when "below"("value of lab.inr", "comparator of lab.inr", 1.7) then 1.0
    when not "at most"("value of lab.inr", "comparator of lab.inr", 2.3) then 3.0
    when not "below"("value of lab.inr", "comparator of lab.inr", 1.7)
      and "at most"("value of lab.inr", "comparator of lab.inr", 2.3) then 2.0
    else null as Decimal
  end

Child-Pugh points of ascites:
  case "value of liver.ascites" when 'none' then 1.0 when 'mild' then 2.0 when 'moderate_severe' then 3.0
    else null as Decimal end

Child-Pugh points of encephalopathy:
  case "value of liver.encephalopathy" when 'none' then 1.0 when 'grade1_2' then 2.0 when 'grade3_4' then 3.0
    else null as Decimal end

value of drv.child_pugh_points:
  if "tumour is hepatocellular carcinoma" is true or "value of liver.cirrhosis" is true
  then "Child-Pugh points of bilirubin" + "Child-Pugh points of albumin" + "Child-Pugh points of INR"
    + "Child-Pugh points of ascites" + "Child-Pugh points of encephalopathy"
  else null as Decimal

value of drv.child_pugh_class:
  case
    when "value of drv.child_pugh_points" <= 6.0 then 'A'
    when "value of drv.child_pugh_points" <= 9.0 then 'B'
    when "value of drv.child_pugh_points" is not null then 'C'
    when not "tumour is hepatocellular carcinoma" and not "value of liver.cirrhosis" then 'not_cirrhotic'
    else null as String
  end

ascites of liver failure:
  "value of liver.ascites" = 'moderate_severe' and "value of liver.ascites_malignant" is not true

any encephalopathy:
  "value of liver.encephalopathy" = 'grade1_2' or "value of liver.encephalopathy" = 'grade3_4'

jaundice of liver failure:
  not "at most"("value of lab.bilirubin", "comparator of lab.bilirubin", 3.0)
    and "value of liver.biliary_obstruction" is not true

value of drv.decompensated:
  case
    when "ascites of liver failure" or "any encephalopathy" or "value of liver.variceal_bleed_90d"
      or "jaundice of liver failure" or "value of drv.child_pugh_class" = 'C' then true
    when "tumour is hepatocellular carcinoma" is true or "value of liver.cirrhosis" is true then
      (if "value of drv.child_pugh_points" is not null and "ascites of liver failure" is not null
        and "any encephalopathy" is not null and "value of liver.variceal_bleed_90d" is not null
        and "jaundice of liver failure" is not null then false else null as Boolean)
    when "value of lab.bilirubin" is not null and not "jaundice of liver failure"
      and ("value of liver.ascites" is not null or "unmentioned liver.ascites")
      and ("value of liver.encephalopathy" is not null or "unmentioned liver.encephalopathy")
      and ("value of liver.variceal_bleed_90d" is not null or "unmentioned liver.variceal_bleed_90d")
      and ("value of liver.cirrhosis" is not null or "unmentioned liver.cirrhosis") then false
    else null as Boolean
  end

value of drv.albi_score:
  Round(0.66 * Log("bilirubin above zero" * 17.1, 10.0) - 0.085 * "exact lab.albumin" * 10.0, 6)

value of drv.albi_grade:
  case
    when "value of drv.albi_score" <= -2.60 then 1.0
    when "value of drv.albi_score" <= -1.39 then 2.0
    when "value of drv.albi_score" is not null then 3.0
    else null as Decimal
  end

sodium deficit:
  137.0 - "smaller"(137.0, "larger"(125.0, "exact lab.sodium"))

albumin deficit:
  3.5 - "smaller"(3.5, "larger"(1.5, "exact lab.albumin"))

log of bilirubin:
  Ln("larger"(1.0, "exact lab.bilirubin"))

log of INR:
  Ln("larger"(1.0, "exact lab.inr"))

value of drv.meld3:
  if "value of pt.sex" is null then null as Decimal
  else "from 6 to 40"((if "value of pt.sex" = 'female' then 1.33 else 0.0)
    + 4.56 * "log of bilirubin" + 0.82 * "sodium deficit" - 0.24 * "sodium deficit" * "log of bilirubin"
    + 9.09 * "log of INR" + 11.14 * Ln("smaller"(3.0, "larger"(1.0, "exact lab.creatinine")))
    + 1.85 * "albumin deficit"
    - 1.83 * "albumin deficit" * Ln("smaller"(3.0, "larger"(1.0, "exact lab.creatinine"))) + 6.0)

MELD before sodium:
  "whole"(10.0 * (0.957 * Ln("smaller"(4.0, "larger"(1.0, "exact lab.creatinine")))
    + 0.378 * "log of bilirubin" + 1.12 * "log of INR" + 0.643))

value of drv.meld_na:
  if "exact lab.sodium" is null then null as Decimal
  else "from 6 to 40"(if "MELD before sodium" > 11.0
    then "MELD before sodium" + 1.32 * "sodium deficit" - 0.033 * "MELD before sodium" * "sodium deficit"
    else "MELD before sodium")

value of drv.tbs:
  Round(Power(Power("exact liver.max_diameter_cm", 2.0) + Power("exact liver.lesion_count", 2.0), 0.5), 6)

value of drv.fong_crs:
  if "value of dx.nodes_positive" is null or "exact dx.dfi_months" is null or "exact liver.lesion_count" is null
    or "exact lab.cea" is null or "exact liver.max_diameter_cm" is null then null as Decimal
  else (if "value of dx.nodes_positive" then 1.0 else 0.0) + (if "exact dx.dfi_months" < 12.0 then 1.0 else 0.0)
    + (if "exact liver.lesion_count" > 1.0 then 1.0 else 0.0) + (if "exact lab.cea" > 200.0 then 1.0 else 0.0)
    + (if "exact liver.max_diameter_cm" > 5.0 then 1.0 else 0.0)

value of drv.flr_required_pct:
  case
    when "value of liver.cirrhosis" then 40.0
    when "value of liver.background" = 'normal' then 20.0
    when "value of liver.background" = 'chemo_injured' or "value of liver.background" = 'steatosis' then 30.0
    when "value of liver.background" = 'cirrhosis' then 40.0
    else null as Decimal
  end
"""

KNOWN_INPUTS = """\
known inputs of drv.target_primary:
  case
    when "value of liver.lesion_origin" is not null then { 'liver.lesion_origin' }
    when "value of drv.target_primary" is not null then { 'dx.primary' }
    else List<String>{ }
  end

known inputs of drv.bili_xuln:
  { 'lab.bilirubin' }

known inputs of drv.egfr:
  if "value of lab.creatinine" is not null and "value of pt.age" is not null and "value of pt.sex" is not null
    and not Coalesce("exact pt.age" < 18.0, false)
  then { 'lab.creatinine' } else List<String>{ }

known inputs of drv.crcl:
  if "value of lab.creatinine" is not null and "value of pt.age" is not null and "value of pt.sex" is not null
    and "value of pt.weight_kg" is not null
  then { 'lab.creatinine' } else List<String>{ }

known inputs of drv.renal:
  if "value of drv.crcl" is not null then "known inputs of drv.crcl" else "known inputs of drv.egfr"

every Child-Pugh component known:
  "value of lab.bilirubin" is not null and "value of lab.albumin" is not null and "value of lab.inr" is not null
    and "value of liver.ascites" is not null and "value of liver.encephalopathy" is not null

known inputs of drv.child_pugh_points:
  case
    when "value of drv.child_pugh_points" is not null then { 'lab.bilirubin' }
    when "tumour is hepatocellular carcinoma" is true or "value of liver.cirrhosis" is true then
      (if "every Child-Pugh component known"
      then { 'lab.bilirubin', 'lab.albumin', 'lab.inr', 'liver.ascites', 'liver.encephalopathy' } else List<String>{ })
    when "tumour is hepatocellular carcinoma" is null and "value of liver.cirrhosis" is not null
      then "known inputs of drv.target_primary"
    else List<String>{ }
  end

known inputs of drv.child_pugh_class:
  "known inputs of drv.child_pugh_points"

known inputs of drv.decompensated:
  case
    when "tumour is hepatocellular carcinoma" is true or "value of liver.cirrhosis" is true then
      (if "every Child-Pugh component known" and "value of liver.variceal_bleed_90d" is not null
      then { 'lab.bilirubin', 'lab.albumin', 'lab.inr', 'liver.ascites', 'liver.encephalopathy' } else List<String>{ })
    when "value of lab.bilirubin" is not null
      and ("value of liver.ascites" is not null or "unmentioned liver.ascites")
      and ("value of liver.encephalopathy" is not null or "unmentioned liver.encephalopathy")
      and ("value of liver.variceal_bleed_90d" is not null or "unmentioned liver.variceal_bleed_90d")
      and ("value of liver.cirrhosis" is not null or "unmentioned liver.cirrhosis") then { 'lab.bilirubin' }
    else List<String>{ }
  end

known inputs of drv.albi_score:
  if "value of lab.bilirubin" is not null and "value of lab.albumin" is not null
  then { 'lab.bilirubin', 'lab.albumin' } else List<String>{ }

known inputs of drv.albi_grade:
  "known inputs of drv.albi_score"

known inputs of drv.fong_crs:
  if "value of dx.nodes_positive" is not null and "value of dx.dfi_months" is not null
    and "value of liver.lesion_count" is not null and "value of lab.cea" is not null
    and "value of liver.max_diameter_cm" is not null
  then { 'dx.nodes_positive', 'dx.dfi_months', 'liver.lesion_count', 'lab.cea', 'liver.max_diameter_cm' }
  else List<String>{ }

known inputs of drv.flr_required_pct:
  if "value of liver.cirrhosis" is true and "liver.cirrhosis" is not null then { 'liver.cirrhosis' }
  else { 'liver.background' }

known inputs of drv.meld_na:
  if "value of lab.bilirubin" is not null and "value of lab.sodium" is not null and "value of lab.inr" is not null
    and "value of lab.creatinine" is not null
  then { 'lab.bilirubin', 'lab.sodium', 'lab.inr', 'lab.creatinine' } else List<String>{ }

known inputs of drv.meld3:
  if "value of lab.bilirubin" is not null and "value of lab.sodium" is not null and "value of lab.inr" is not null
    and "value of lab.creatinine" is not null and "value of lab.albumin" is not null and "value of pt.sex" is not null
  then { 'lab.bilirubin', 'lab.sodium', 'lab.inr', 'lab.creatinine', 'lab.albumin', 'pt.sex' } else List<String>{ }

known inputs of drv.tbs:
  if "value of liver.max_diameter_cm" is not null and "value of liver.lesion_count" is not null
  then { 'liver.max_diameter_cm', 'liver.lesion_count' } else List<String>{ }
"""
"""For each computed fact, the known facts that it rests on, or waits for although they are known."""
