/** Slack's short names of common emoji and their characters. An unknown name is shown as :name:. */

const TABLE = `
+1 👍  thumbsup 👍  -1 👎  thumbsdown 👎  wave 👋  raised_hand ✋  hand ✋  clap 👏  pray 🙏  muscle 💪  ok_hand 👌
point_right 👉  point_left 👈  point_up 👆  point_down 👇  raised_hands 🙌  handshake 🤝  writing_hand ✍️  v ✌️
smile 😄  grinning 😀  slightly_smiling_face 🙂  wink 😉  joy 😂  thinking_face 🤔  sob 😭  cry 😢  sunglasses 😎
tired_face 😫  scream 😱  sleeping 😴  zzz 💤  robot_face 🤖  ghost 👻  skull 💀  eyes 👀  heart ❤️  broken_heart 💔
white_check_mark ✅  heavy_check_mark ✔️  ballot_box_with_check ☑️  x ❌  heavy_multiplication_x ✖️
negative_squared_cross_mark ❎  warning ⚠️  no_entry ⛔  no_entry_sign 🚫  octagonal_sign 🛑  stop_sign 🛑
question ❓  grey_question ❔  exclamation ❗  heavy_exclamation_mark ❗  information_source ℹ️
heavy_plus_sign ➕  heavy_minus_sign ➖  100 💯  boom 💥  fire 🔥  zap ⚡  sparkles ✨  star ⭐  star2 🌟
large_green_circle 🟢  red_circle 🔴  large_red_circle 🔴  large_yellow_circle 🟡  large_orange_circle 🟠
large_blue_circle 🔵  blue_circle 🔵  large_purple_circle 🟣  large_brown_circle 🟤  white_circle ⚪  black_circle ⚫
small_red_triangle 🔺  small_red_triangle_down 🔻  small_blue_diamond 🔹  small_orange_diamond 🔸
large_green_square 🟩  large_red_square 🟥  large_yellow_square 🟨  large_blue_square 🟦  white_large_square ⬜
hourglass ⌛  hourglass_flowing_sand ⏳  stopwatch ⏱️  timer_clock ⏲️  alarm_clock ⏰  watch ⌚  calendar 📅  date 📅
clock1 🕐  clock3 🕒  clock9 🕘
rocket 🚀  ship 🚢  package 📦  truck 🚚  airplane ✈️  construction 🚧  rotating_light 🚨  traffic_light 🚥
double_vertical_bar ⏸️  pause_button ⏸️  black_square_for_stop ⏹️  arrow_forward ▶️  arrow_backward ◀️
fast_forward ⏩  rewind ⏪  repeat 🔁  new 🆕  game_die 🎲  repeat_one 🔂  arrows_counterclockwise 🔄  arrows_clockwise 🔃
black_right_pointing_double_triangle_with_vertical_bar ⏭️  leftwards_arrow_with_hook ↩️
arrow_right ➡️  arrow_left ⬅️  arrow_up ⬆️  arrow_down ⬇️  arrow_upper_right ↗️  arrow_lower_right ↘️
lock 🔒  unlock 🔓  key 🔑  link 🔗  paperclip 📎  pushpin 📌  label 🏷️  bookmark 🔖  mag 🔍  mag_right 🔎
gear ⚙️  wrench 🔧  hammer 🔨  hammer_and_wrench 🛠️  nut_and_bolt 🔩  bulb 💡  battery 🔋  electric_plug 🔌  satellite_antenna 📡
bell 🔔  no_bell 🔕  mute 🔇  loudspeaker 📢  mega 📣  speech_balloon 💬  email 📧  envelope ✉️  inbox_tray 📥
outbox_tray 📤  memo 📝  pencil2 ✏️  clipboard 📋  scroll 📜  page_facing_up 📄  books 📚  file_folder 📁
bar_chart 📊  frame_with_picture 🖼️  chart_with_upwards_trend 📈  chart_with_downwards_trend 📉  computer 💻  desktop_computer 🖥️
bug 🐛  beetle 🐞  test_tube 🧪  microscope 🔬  dna 🧬  broom 🧹  wastebasket 🗑️  shield 🛡️  seedling 🌱  herb 🌿
sunny ☀️  cloud ☁️  rain_cloud 🌧️  thunder_cloud_and_rain ⛈️  snowflake ❄️  rainbow 🌈  umbrella ☔  ocean 🌊
crescent_moon 🌙  earth_africa 🌍  house 🏠  office 🏢  door 🚪  bust_in_silhouette 👤  busts_in_silhouette 👥
tada 🎉  confetti_ball 🎊  trophy 🏆  medal 🏅  gift 🎁  balloon 🎈  dart 🎯  crossed_flags 🎌  checkered_flag 🏁
coffee ☕  pizza 🍕  beer 🍺  cake 🍰  apple 🍎  broccoli 🥦  chicken 🐔  hatching_chick 🐣  penguin 🐧  unicorn_face 🦄
one 1️⃣  two 2️⃣  three 3️⃣  four 4️⃣  five 5️⃣
`;

/** @type {Map<string, string>} */
export const CHARACTERS = new Map(
  TABLE.trim()
    .split(/\s{2,}|\n/)
    .map((pair) => pair.split(" ")),
);
