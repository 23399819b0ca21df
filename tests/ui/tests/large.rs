//! A pipeline of two crates and three modules, with 400 tables of 20 columns and 400 tasks: it compiles without hitting a limit
//! of the compiler, and all of it arrives.
#![recursion_limit = "256"]
#![allow(missing_docs)]

use pipeline_dsl::prelude::*;
use pipeline_ui_tests::large;

pub mod first {
    use pipeline_dsl::prelude::*;
    use pipeline_ui_tests::large::{Log, Sales, Wh};

    pipeline_ui_tests::quarter! {
        "CHANGES_1" "LOAD_1":
        T100 S100 T101 S101 T102 S102 T103 S103 T104 S104 T105 S105 T106 S106 T107 S107 T108 S108 T109 S109 T110 S110
        T111 S111 T112 S112 T113 S113 T114 S114 T115 S115 T116 S116 T117 S117 T118 S118 T119 S119 T120 S120 T121 S121
        T122 S122 T123 S123 T124 S124 T125 S125 T126 S126 T127 S127 T128 S128 T129 S129 T130 S130 T131 S131 T132 S132
        T133 S133 T134 S134 T135 S135 T136 S136 T137 S137 T138 S138 T139 S139 T140 S140 T141 S141 T142 S142 T143 S143
        T144 S144 T145 S145 T146 S146 T147 S147 T148 S148 T149 S149 T150 S150 T151 S151 T152 S152 T153 S153 T154 S154
        T155 S155 T156 S156 T157 S157 T158 S158 T159 S159 T160 S160 T161 S161 T162 S162 T163 S163 T164 S164 T165 S165
        T166 S166 T167 S167 T168 S168 T169 S169 T170 S170 T171 S171 T172 S172 T173 S173 T174 S174 T175 S175 T176 S176
        T177 S177 T178 S178 T179 S179 T180 S180 T181 S181 T182 S182 T183 S183 T184 S184 T185 S185 T186 S186 T187 S187
        T188 S188 T189 S189 T190 S190 T191 S191 T192 S192 T193 S193 T194 S194 T195 S195 T196 S196 T197 S197 T198 S198
        T199 S199
    }
}

pub mod second {
    use pipeline_dsl::prelude::*;
    use pipeline_ui_tests::large::{Log, Sales, Wh};

    pipeline_ui_tests::quarter! {
        "CHANGES_2" "LOAD_2":
        T200 S200 T201 S201 T202 S202 T203 S203 T204 S204 T205 S205 T206 S206 T207 S207 T208 S208 T209 S209 T210 S210
        T211 S211 T212 S212 T213 S213 T214 S214 T215 S215 T216 S216 T217 S217 T218 S218 T219 S219 T220 S220 T221 S221
        T222 S222 T223 S223 T224 S224 T225 S225 T226 S226 T227 S227 T228 S228 T229 S229 T230 S230 T231 S231 T232 S232
        T233 S233 T234 S234 T235 S235 T236 S236 T237 S237 T238 S238 T239 S239 T240 S240 T241 S241 T242 S242 T243 S243
        T244 S244 T245 S245 T246 S246 T247 S247 T248 S248 T249 S249 T250 S250 T251 S251 T252 S252 T253 S253 T254 S254
        T255 S255 T256 S256 T257 S257 T258 S258 T259 S259 T260 S260 T261 S261 T262 S262 T263 S263 T264 S264 T265 S265
        T266 S266 T267 S267 T268 S268 T269 S269 T270 S270 T271 S271 T272 S272 T273 S273 T274 S274 T275 S275 T276 S276
        T277 S277 T278 S278 T279 S279 T280 S280 T281 S281 T282 S282 T283 S283 T284 S284 T285 S285 T286 S286 T287 S287
        T288 S288 T289 S289 T290 S290 T291 S291 T292 S292 T293 S293 T294 S294 T295 S295 T296 S296 T297 S297 T298 S298
        T299 S299
    }
}

pub mod third {
    use pipeline_dsl::prelude::*;
    use pipeline_ui_tests::large::{Log, Sales, Wh};

    pipeline_ui_tests::quarter! {
        "CHANGES_3" "LOAD_3":
        T300 S300 T301 S301 T302 S302 T303 S303 T304 S304 T305 S305 T306 S306 T307 S307 T308 S308 T309 S309 T310 S310
        T311 S311 T312 S312 T313 S313 T314 S314 T315 S315 T316 S316 T317 S317 T318 S318 T319 S319 T320 S320 T321 S321
        T322 S322 T323 S323 T324 S324 T325 S325 T326 S326 T327 S327 T328 S328 T329 S329 T330 S330 T331 S331 T332 S332
        T333 S333 T334 S334 T335 S335 T336 S336 T337 S337 T338 S338 T339 S339 T340 S340 T341 S341 T342 S342 T343 S343
        T344 S344 T345 S345 T346 S346 T347 S347 T348 S348 T349 S349 T350 S350 T351 S351 T352 S352 T353 S353 T354 S354
        T355 S355 T356 S356 T357 S357 T358 S358 T359 S359 T360 S360 T361 S361 T362 S362 T363 S363 T364 S364 T365 S365
        T366 S366 T367 S367 T368 S368 T369 S369 T370 S370 T371 S371 T372 S372 T373 S373 T374 S374 T375 S375 T376 S376
        T377 S377 T378 S378 T379 S379 T380 S380 T381 S381 T382 S382 T383 S383 T384 S384 T385 S385 T386 S386 T387 S387
        T388 S388 T389 S389 T390 S390 T391 S391 T392 S392 T393 S393 T394 S394 T395 S395 T396 S396 T397 S397 T398 S398
        T399 S399
    }
}

pipeline! {
    /// Everything.
    pub Large(role = large::Owner) [
        large::Last, first::Last, second::Last, third::Last,
        large::T0, large::T1, large::T2, large::T3, large::T4, large::T5, large::T6, large::T7, large::T8, large::T9,
        large::T10, large::T11, large::T12, large::T13, large::T14, large::T15, large::T16, large::T17, large::T18,
        large::T19, large::T20, large::T21, large::T22, large::T23, large::T24, large::T25, large::T26, large::T27,
        large::T28, large::T29, large::T30, large::T31, large::T32, large::T33, large::T34, large::T35, large::T36,
        large::T37, large::T38, large::T39, large::T40, large::T41, large::T42, large::T43, large::T44, large::T45,
        large::T46, large::T47, large::T48, large::T49, large::T50, large::T51, large::T52, large::T53, large::T54,
        large::T55, large::T56, large::T57, large::T58, large::T59, large::T60, large::T61, large::T62, large::T63,
        large::T64, large::T65, large::T66, large::T67, large::T68, large::T69, large::T70, large::T71, large::T72,
        large::T73, large::T74, large::T75, large::T76, large::T77, large::T78, large::T79, large::T80, large::T81,
        large::T82, large::T83, large::T84, large::T85, large::T86, large::T87, large::T88, large::T89, large::T90,
        large::T91, large::T92, large::T93, large::T94, large::T95, large::T96, large::T97, large::T98, large::T99,
        first::T100, first::T101, first::T102, first::T103, first::T104, first::T105, first::T106, first::T107,
        first::T108, first::T109, first::T110, first::T111, first::T112, first::T113, first::T114, first::T115,
        first::T116, first::T117, first::T118, first::T119, first::T120, first::T121, first::T122, first::T123,
        first::T124, first::T125, first::T126, first::T127, first::T128, first::T129, first::T130, first::T131,
        first::T132, first::T133, first::T134, first::T135, first::T136, first::T137, first::T138, first::T139,
        first::T140, first::T141, first::T142, first::T143, first::T144, first::T145, first::T146, first::T147,
        first::T148, first::T149, first::T150, first::T151, first::T152, first::T153, first::T154, first::T155,
        first::T156, first::T157, first::T158, first::T159, first::T160, first::T161, first::T162, first::T163,
        first::T164, first::T165, first::T166, first::T167, first::T168, first::T169, first::T170, first::T171,
        first::T172, first::T173, first::T174, first::T175, first::T176, first::T177, first::T178, first::T179,
        first::T180, first::T181, first::T182, first::T183, first::T184, first::T185, first::T186, first::T187,
        first::T188, first::T189, first::T190, first::T191, first::T192, first::T193, first::T194, first::T195,
        first::T196, first::T197, first::T198, first::T199, second::T200, second::T201, second::T202, second::T203,
        second::T204, second::T205, second::T206, second::T207, second::T208, second::T209, second::T210, second::T211,
        second::T212, second::T213, second::T214, second::T215, second::T216, second::T217, second::T218, second::T219,
        second::T220, second::T221, second::T222, second::T223, second::T224, second::T225, second::T226, second::T227,
        second::T228, second::T229, second::T230, second::T231, second::T232, second::T233, second::T234, second::T235,
        second::T236, second::T237, second::T238, second::T239, second::T240, second::T241, second::T242, second::T243,
        second::T244, second::T245, second::T246, second::T247, second::T248, second::T249, second::T250, second::T251,
        second::T252, second::T253, second::T254, second::T255, second::T256, second::T257, second::T258, second::T259,
        second::T260, second::T261, second::T262, second::T263, second::T264, second::T265, second::T266, second::T267,
        second::T268, second::T269, second::T270, second::T271, second::T272, second::T273, second::T274, second::T275,
        second::T276, second::T277, second::T278, second::T279, second::T280, second::T281, second::T282, second::T283,
        second::T284, second::T285, second::T286, second::T287, second::T288, second::T289, second::T290, second::T291,
        second::T292, second::T293, second::T294, second::T295, second::T296, second::T297, second::T298, second::T299,
        third::T300, third::T301, third::T302, third::T303, third::T304, third::T305, third::T306, third::T307,
        third::T308, third::T309, third::T310, third::T311, third::T312, third::T313, third::T314, third::T315,
        third::T316, third::T317, third::T318, third::T319, third::T320, third::T321, third::T322, third::T323,
        third::T324, third::T325, third::T326, third::T327, third::T328, third::T329, third::T330, third::T331,
        third::T332, third::T333, third::T334, third::T335, third::T336, third::T337, third::T338, third::T339,
        third::T340, third::T341, third::T342, third::T343, third::T344, third::T345, third::T346, third::T347,
        third::T348, third::T349, third::T350, third::T351, third::T352, third::T353, third::T354, third::T355,
        third::T356, third::T357, third::T358, third::T359, third::T360, third::T361, third::T362, third::T363,
        third::T364, third::T365, third::T366, third::T367, third::T368, third::T369, third::T370, third::T371,
        third::T372, third::T373, third::T374, third::T375, third::T376, third::T377, third::T378, third::T379,
        third::T380, third::T381, third::T382, third::T383, third::T384, third::T385, third::T386, third::T387,
        third::T388, third::T389, third::T390, third::T391, third::T392, third::T393, third::T394, third::T395,
        third::T396, third::T397, third::T398, third::T399,
    ]
}

#[test]
fn all_of_a_large_pipeline_arrives() {
    let scripts = pipeline_dsl::script::scripts(Large::DEFINITION);
    let text: String = scripts.iter().map(|script| script.text()).collect();
    for (statement, count) in [("CREATE TABLE IF", 401), ("CREATE TASK IF", 400), ("CREATE STREAM IF", 4)] {
        assert_eq!(text.matches(statement).count(), count, "{statement}");
    }
}
