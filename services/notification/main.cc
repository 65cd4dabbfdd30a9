// notification-service: see README.md.
#include "services/notification/wiring.h"

int main(int argc, char** argv) { return evenhand::RunService(argc, argv, evenhand::notification::Spec()); }
