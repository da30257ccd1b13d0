extension BenchmarkSuite {
  /// LIBERO-90: the short-horizon tasks of LIBERO-100, in 20 scenes; some instructions stand in several.
  static let libero90 = BenchmarkSuite(
    id: "libero_90", benchmark: "LIBERO", title: "LIBERO-90", spoken: ["libero 90"],
    tasks: numbered(libero90Instructions), setup: liberoSetup,
    horizons: ["openpi-libero": 400, "lerobot-libero": 400])

  /// In the order of LIBERO's own task map; a comment begins a scene.
  private static let libero90Instructions = [
    // kitchen 10
    "close the top drawer of the cabinet",
    "close the top drawer of the cabinet and put the black bowl on top of it",
    "put the black bowl in the top drawer of the cabinet",
    "put the butter at the back in the top drawer of the cabinet and close it",
    "put the butter at the front in the top drawer of the cabinet and close it",
    "put the chocolate pudding in the top drawer of the cabinet and close it",
    // kitchen 1
    "open the bottom drawer of the cabinet",
    "open the top drawer of the cabinet",
    "open the top drawer of the cabinet and put the bowl in it",
    "put the black bowl on the plate",
    "put the black bowl on top of the cabinet",
    // kitchen 2
    "open the top drawer of the cabinet",
    "put the black bowl at the back on the plate",
    "put the black bowl at the front on the plate",
    "put the middle black bowl on the plate",
    "put the middle black bowl on top of the cabinet",
    "stack the black bowl at the front on the black bowl in the middle",
    "stack the middle black bowl on the back black bowl",
    // kitchen 3
    "put the frying pan on the stove",
    "put the moka pot on the stove",
    "turn on the stove",
    "turn on the stove and put the frying pan on it",
    // kitchen 4
    "close the bottom drawer of the cabinet",
    "close the bottom drawer of the cabinet and open the top drawer",
    "put the black bowl in the bottom drawer of the cabinet",
    "put the black bowl on top of the cabinet",
    "put the wine bottle in the bottom drawer of the cabinet",
    "put the wine bottle on the wine rack",
    // kitchen 5
    "close the top drawer of the cabinet",
    "put the black bowl in the top drawer of the cabinet",
    "put the black bowl on the plate",
    "put the black bowl on top of the cabinet",
    "put the ketchup in the top drawer of the cabinet",
    // kitchen 6
    "close the microwave",
    "put the yellow and white mug to the front of the white mug",
    // kitchen 7
    "open the microwave",
    "put the white bowl on the plate",
    "put the white bowl to the right of the plate",
    // kitchen 8
    "put the right moka pot on the stove",
    "turn off the stove",
    // kitchen 9
    "put the frying pan on the cabinet shelf",
    "put the frying pan on top of the cabinet",
    "put the frying pan under the cabinet shelf",
    "put the white bowl on top of the cabinet",
    "turn on the stove",
    "turn on the stove and put the frying pan on it",
    // living room 1
    "pick up the alphabet soup and put it in the basket",
    "pick up the cream cheese box and put it in the basket",
    "pick up the ketchup and put it in the basket",
    "pick up the tomato sauce and put it in the basket",
    // living room 2
    "pick up the alphabet soup and put it in the basket",
    "pick up the butter and put it in the basket",
    "pick up the milk and put it in the basket",
    "pick up the orange juice and put it in the basket",
    "pick up the tomato sauce and put it in the basket",
    // living room 3
    "pick up the alphabet soup and put it in the tray",
    "pick up the butter and put it in the tray",
    "pick up the cream cheese and put it in the tray",
    "pick up the ketchup and put it in the tray",
    "pick up the tomato sauce and put it in the tray",
    // living room 4
    "pick up the black bowl on the left and put it in the tray",
    "pick up the chocolate pudding and put it in the tray",
    "pick up the salad dressing and put it in the tray",
    "stack the left bowl on the right bowl and place them in the tray",
    "stack the right bowl on the left bowl and place them in the tray",
    // living room 5
    "put the red mug on the left plate",
    "put the red mug on the right plate",
    "put the white mug on the left plate",
    "put the yellow and white mug on the right plate",
    // living room 6
    "put the chocolate pudding to the left of the plate",
    "put the chocolate pudding to the right of the plate",
    "put the red mug on the plate",
    "put the white mug on the plate",
    // study 1
    "pick up the book and place it in the front compartment of the caddy",
    "pick up the book and place it in the left compartment of the caddy",
    "pick up the book and place it in the right compartment of the caddy",
    "pick up the yellow and white mug and place it to the right of the caddy",
    // study 2
    "pick up the book and place it in the back compartment of the caddy",
    "pick up the book and place it in the front compartment of the caddy",
    "pick up the book and place it in the left compartment of the caddy",
    "pick up the book and place it in the right compartment of the caddy",
    // study 3
    "pick up the book and place it in the front compartment of the caddy",
    "pick up the book and place it in the left compartment of the caddy",
    "pick up the book and place it in the right compartment of the caddy",
    "pick up the red mug and place it to the right of the caddy",
    "pick up the white mug and place it to the right of the caddy",
    // study 4
    "pick up the book in the middle and place it on the cabinet shelf",
    "pick up the book on the left and place it on top of the shelf",
    "pick up the book on the right and place it on the cabinet shelf",
    "pick up the book on the right and place it under the cabinet shelf",
  ]
}
