module fivecooks

go 1.19
