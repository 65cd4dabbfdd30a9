// appeal-service: see README.md.
#include "services/appeal/wiring.h"

int main(int argc, char** argv) { return evenhand::RunService(argc, argv, evenhand::appeal::Spec()); }
