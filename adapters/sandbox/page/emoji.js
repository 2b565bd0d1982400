// The common shortcodes and their characters. A shortcode that is not listed is shown as it was typed.

const TABLE = `
pushpin 📌|eyes 👀|white_check_mark ✅|heavy_check_mark ✔️|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|tada 🎉|raised_hands 🙌|pray 🙏|clap 👏|wave 👋|ok_hand 👌|muscle 💪
point_up ☝️|point_right 👉|point_left 👈|point_down 👇|raised_hand ✋|handshake 🤝|rotating_light 🚨|fire 🔥|boom 💥|warning ⚠️|no_entry ⛔|no_entry_sign 🚫|x ❌
question ❓|grey_question ❔|exclamation ❗|bangbang ‼️|interrobang ⁉️|heavy_plus_sign ➕|heavy_minus_sign ➖|bulb 💡|mag 🔍|mag_right 🔎|memo 📝|pencil 📝|pencil2 ✏️
clipboard 📋|calendar 📅|date 📅|spiral_calendar_pad 🗓️|clock1 🕐|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|timer_clock ⏲️|alarm_clock ⏰|watch ⌚|bell 🔔|no_bell 🔕
loudspeaker 📢|mega 📣|speech_balloon 💬|thought_balloon 💭|link 🔗|paperclip 📎|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|hammer 🔨|hammer_and_wrench 🛠️|wrench 🔧|gear ⚙️|toolbox 🧰
package 📦|rocket 🚀|construction 🚧|traffic_light 🚦|ambulance 🚑|fire_engine 🚒|helicopter 🚁|airplane ✈️|car 🚗|ship 🚢|anchor ⚓|bug 🐛|lady_beetle 🐞|snail 🐌|turtle 🐢
dog 🐶|cat 🐱|unicorn_face 🦄|crab 🦀|owl 🦉|bee 🐝|elephant 🐘|penguin 🐧|red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵
large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|red_square 🟥|large_green_square 🟩|large_yellow_square 🟨|small_red_triangle 🔺|small_blue_diamond 🔹|small_orange_diamond 🔸
arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|rewind ⏪|fast_forward ⏩|twisted_rightwards_arrows 🔀
repeat 🔁|arrows_counterclockwise 🔄|black_square_for_stop ⏹️|double_vertical_bar ⏸️|arrow_forward ▶️|information_source ℹ️|recycle ♻️|infinity ♾️|sos 🆘|new 🆕|ok 🆗|100 💯|hash #️⃣
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
file_folder 📁|open_file_folder 📂|page_facing_up 📄|bookmark 🔖|bookmark_tabs 📑|books 📚|book 📖|newspaper 📰|scroll 📜|label 🏷️|inbox_tray 📥|outbox_tray 📤|email 📧|envelope ✉️
floppy_disk 💾|cd 💿|computer 💻|desktop_computer 🖥️|keyboard ⌨️|iphone 📱|telephone_receiver 📞|pager 📟|satellite_antenna 📡|battery 🔋|electric_plug 🔌|cloud ☁️|sunny ☀️
zap ⚡|snowflake ❄️|umbrella ☔|rainbow 🌈|ocean 🌊|star ⭐|star2 🌟|sparkles ✨|dizzy 💫|moon 🌔|earth_africa 🌍|earth_americas 🌎|earth_asia 🌏|globe_with_meridians 🌐|four_leaf_clover 🍀
seedling 🌱|evergreen_tree 🌲|cactus 🌵|mushroom 🍄|coffee ☕|tea 🍵|beer 🍺|pizza 🍕|cake 🍰|birthday 🎂|cookie 🍪|popcorn 🍿|apple 🍎|banana 🍌|trophy 🏆|first_place_medal 🥇
dart 🎯|game_die 🎲|jigsaw 🧩|microscope 🔬|test_tube 🧪|thermometer 🌡️|pill 💊|adhesive_bandage 🩹|broom 🧹|bucket 🪣|fire_extinguisher 🧯|compass 🧭|world_map 🗺️|checkered_flag 🏁
triangular_flag_on_post 🚩|white_flag 🏳️|heart ❤️|orange_heart 🧡|yellow_heart 💛|green_heart 💚|blue_heart 💙|purple_heart 💜|broken_heart 💔|smile 😄|smiley 😃|grinning 😀|grin 😁
joy 😂|rofl 🤣|sweat_smile 😅|slightly_smiling_face 🙂|upside_down_face 🙃|wink 😉|blush 😊|innocent 😇|sunglasses 😎|nerd_face 🤓|thinking_face 🤔|neutral_face 😐|expressionless 😑
smirk 😏|relieved 😌|sleeping 😴|zzz 💤|confused 😕|worried 😟|open_mouth 😮|hushed 😯|astonished 😲|scream 😱|cold_sweat 😰|sweat 😓|cry 😢|sob 😭|disappointed 😞|weary 😩
triumph 😤|angry 😠|rage 😡|exploding_head 🤯|face_with_monocle 🧐|see_no_evil 🙈|hear_no_evil 🙉|speak_no_evil 🙊|facepalm 🤦|shrug 🤷|ghost 👻|skull 💀|robot_face 🤖|alien 👽
saluting_face 🫡|melting_face 🫠|crossed_fingers 🤞|v ✌️|brain 🧠|eye 👁️|ear 👂|busts_in_silhouette 👥|bust_in_silhouette 👤|detective 🕵️|firefighter 🧑‍🚒|technologist 🧑‍💻|crown 👑
ghost_town 🏚️|office 🏢|factory 🏭|bank 🏦|house 🏠|hospital 🏥|moneybag 💰|credit_card 💳|shopping_trolley 🛒|ticket 🎫|gift 🎁|balloon 🎈|flashlight 🔦|candle 🕯️|door 🚪|ladder 🪜
see 👀|speaking_head_in_silhouette 🗣️|put_litter_in_its_place 🚮|wastebasket 🗑️|card_index_dividers 🗂️|heavy_exclamation_mark ❗|ballot_box_with_check ☑️|hot_pepper 🌶️|four_leaf 🍀|flying_saucer 🛸
`;

export const EMOJI = new Map(
  TABLE.trim().split(/[|\n]/).map((pair) => {
    const space = pair.lastIndexOf(" ");
    return [pair.slice(0, space), pair.slice(space + 1)];
  }),
);

/** What the picker offers first: the gestures an incident needs. */
export const FREQUENT = ["pushpin", "eyes", "white_check_mark", "+1", "tada", "raised_hands", "rotating_light", "fire", "bulb", "four_leaf_clover", "question", "pray"];

export const glyph = (name) => EMOJI.get(name.split("::")[0]) ?? null;

export function findEmoji(part, limit = 60) {
  const wanted = part.toLowerCase().replaceAll(" ", "_");
  const names = [...EMOJI.keys()];
  const starts = names.filter((name) => name.startsWith(wanted));
  const inside = names.filter((name) => !name.startsWith(wanted) && name.includes(wanted));
  return [...starts, ...inside].slice(0, limit);
}
