// incident-service: see README.md.
#include "services/incident/wiring.h"

int main(int argc, char** argv) { return evenhand::RunService(argc, argv, evenhand::incident::Spec()); }
