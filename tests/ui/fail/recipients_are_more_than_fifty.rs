use pipeline_dsl::prelude::*;

#[notification_integration(email(allowed_recipients("p0@example.com", "p1@example.com", "p2@example.com", "p3@example.com", "p4@example.com", "p5@example.com", "p6@example.com", "p7@example.com", "p8@example.com", "p9@example.com", "p10@example.com", "p11@example.com", "p12@example.com", "p13@example.com", "p14@example.com", "p15@example.com", "p16@example.com", "p17@example.com", "p18@example.com", "p19@example.com", "p20@example.com", "p21@example.com", "p22@example.com", "p23@example.com", "p24@example.com", "p25@example.com", "p26@example.com", "p27@example.com", "p28@example.com", "p29@example.com", "p30@example.com", "p31@example.com", "p32@example.com", "p33@example.com", "p34@example.com", "p35@example.com", "p36@example.com", "p37@example.com", "p38@example.com", "p39@example.com", "p40@example.com", "p41@example.com", "p42@example.com", "p43@example.com", "p44@example.com", "p45@example.com", "p46@example.com", "p47@example.com", "p48@example.com", "p49@example.com", "p50@example.com")))]
pub struct Errors;

fn main() {}
// It compiles without `"p0@example.com", `.
